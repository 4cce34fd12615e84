import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFolder } from '../service/bundle-folder';
import type { Body } from '../support/served';
import { PASSWORD, Target } from './support/target';

/** One person tries to be two: the requester and an approver, or two of the two that a rule asks for. */
const ANA = 'ana.sanders@example.com';
const BOB = 'bob@example.com';
let target: Target;
const browsers: Record<string, Record<string, string>> = {};
beforeAll(async () => {
  const folder = bundleFolder({
    edit: {
      'policies/shipped.yaml': (text) =>
        text.replaceAll('role: finance_approver, count: 1', 'role: finance_approver, count: 2'),
    },
  });
  // Its cases say what the shipped rules do.
  rmSync(join(folder, 'tests'), { recursive: true });
  target = await Target.start({ EXECUTION_LAYER_BUNDLE_DIR: folder });
  target.newPerson(ANA, 'finance_approver', ['--aliases', 'Ana from Finance,u-17']);
  target.newPerson(BOB, 'finance_approver');
  for (const email of [ANA, BOB]) browsers[email] = await target.signIn(email);
});
afterAll(() => target?.stop());

let amount = 20_000;
async function waiting(requestedBy: string, token?: string): Promise<Body> {
  const args = { vendor_id: 'V-1001', amount: `${(amount += 1)}.00`, currency: 'USD' };
  const { body } = await target.tool(
    'vendor_payment.create',
    args,
    { requestedBy },
    token === undefined ? {} : { token },
  );
  expect({ requestedBy, state: body.state }).toMatchObject({ state: 'awaiting_approval' });
  return body;
}

async function vote(email: string, { approval }: Body, headers = browsers[email]): Promise<Body> {
  const path = `/v1/approvals/${approval.id}`;
  const { digest } = (await target.anonymous(path, undefined, { headers })).body;
  return target.anonymous(`${path}/votes`, { vote: 'approve', digest }, { headers });
}

const SPELLINGS = [
  ANA,
  'ANA.SANDERS@EXAMPLE.COM',
  'ana.sanders+q4@example.com',
  'anasanders@example.com',
  'a.n.a.s.a.n.d.e.r.s@example.com',
  'ana.sanders@example.com.',
  '<ana.sanders@example.com>',
  'Somebody Else <ana.sanders@example.com>',
  'ana.sanders@example.com (Bob)',
  'Bob (ana.sanders@example.com)',
  "'ana.sanders@example.com'",
  '“ana.sanders@example.com”',
  '"ana.sanders"@example.com',
  '"ana\\.sanders"@example.com',
  'mailto:ana.sanders@example.com',
  'MAILTO:ana.sanders@example.com?subject=x',
  'mailto:ana%2Esanders%40example.com',
  'ana.sanders%40example.com',
  'ana.sanders%2540example.com',
  'Ana: ana.sanders@example.com;',
  'ａｎａ．ｓａｎｄｅｒｓ＠ｅｘａｍｐｌｅ．ｃｏｍ',
  'ana.sanders@example。com',
  'ana.sanders@example．com',
  'ana\ufe0f.sanders@example.com',
  'ana.sand\u034fers@example.com',
  'ana.sanders\u3164@example.com',
  'ana.sanders@exa\u17b4mple.com',
  '\u2800ana.sanders@example.com\u2800',
  'ſomeone <ana.ſanders@example.com>',
  '𝐚𝐧𝐚.𝐬𝐚𝐧𝐝𝐞𝐫𝐬@example.com',
  'ⓐⓝⓐ.sanders@example.com',
  'Ana from Finance',
  'ANA  FROM  FINANCE',
  'Ana from Finance (holiday cover)',
  'u-17',
  '<u-17>',
  'Bob <u-17>',
  '*ana.sanders@example.com*',
];

test.each(SPELLINGS)('as the requester %j she does not approve, and others do', async (claim) => {
  const request = await waiting(claim);
  expect(await vote(ANA, request)).toMatchObject({ status: 403, body: { code: 'self_approval' } });
  // The log keeps the claim as it was sent.
  const { body } = await target.call(`/v1/requests/${request.id}/timeline`);
  expect(body.items[0].data).toMatchObject({ subject: { requestedBy: claim } });
});

test.each([
  '"bob@example.com" <ana.sanders@example.com>',
  'bob@example.com, ana.sanders@example.com',
  'ana . sanders @ example . com',
  '[ana.sanders@example.com](mailto:bob@example.com)',
  '<@relay.example.com:ana.sanders@example.com>',
  'ana.sanders@example.com <u-18>',
])('%j may be more than one, and is not taken as a requester', async (requestedBy) => {
  const args = { vendor_id: 'V-1001', amount: '20000.00', currency: 'USD' };
  const { status, body } = await target.tool('vendor_payment.create', args, { requestedBy });
  expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_body' });
});

test.each(['ana@example.com', 'ana.sanders@example.org', 'banasanders@example.com', 'Ana'])(
  '%j is somebody else',
  async (claim) => {
    expect(await vote(ANA, await waiting(claim))).toMatchObject({ status: 200 });
  },
);

test('a name with letters of another script that looks like hers is refused', async () => {
  const args = { vendor_id: 'V-1001', amount: '20000.00', currency: 'USD' };
  const requestedBy = '\u0430na.sanders@example.com';
  const { status, body } = await target.tool('vendor_payment.create', args, { requestedBy });
  expect([400, 403, 422]).toContain(status);
  expect(body.state).toBeUndefined();
});

test('the owner of the token does not approve, however the owner was written', async () => {
  for (const owner of [ANA, 'Ana <ANA.SANDERS+n8n@example.com>']) {
    const token = target.newToken({ more: ['--owner', owner] });
    expect(await vote(ANA, await waiting('carol@example.com', token))).toMatchObject({
      status: 403,
      body: { code: 'self_approval' },
    });
  }
});

test('a quorum of two counts people: neither a second vote nor a second session makes it', async () => {
  const request = await waiting('carol@example.com');
  expect((await vote(ANA, request)).status).toBe(200);
  const other = await target.signIn('ANA.SANDERS@example.com');
  for (const headers of [browsers[ANA], other]) {
    expect(await vote(ANA, request, headers)).toMatchObject({
      status: 409,
      body: { code: 'already_voted' },
    });
  }
  expect((await target.call(`/v1/requests/${request.id}`)).body.state).toBe('awaiting_approval');
  expect((await vote(BOB, request)).status).toBe(200);
  expect((await target.call(`/v1/requests/${request.id}`)).body.state).toBe('approved');
});

test.each([
  'anasanders@example.com',
  'ana.sanders+second@example.com',
  'Ana.Sanders@EXAMPLE.com',
  'ana.sanders@example.com.',
  '<ana.sanders@example.com>',
  'mailto:ana.sanders@example.com',
  'ana.sanders@example。com',
])('a second account %s of hers is not made', (email) => {
  const made = target.served.cli(
    [
      'person',
      'create',
      '--email',
      email,
      '--name',
      'Second',
      '--roles',
      'finance_approver',
      '--password-stdin',
    ],
    PASSWORD,
  );
  expect(made).toMatchObject({ status: 1 });
});

test('two accounts of which one is an alias of the other are one in a quorum, though created as separate', async () => {
  target.newPerson('a.sanders@example.com', 'finance_approver', ['--aliases', ANA, '--separate']);
  const second = await target.signIn('a.sanders@example.com');
  const request = await waiting('carol@example.com');
  expect((await vote(ANA, request)).status).toBe(200);
  expect(await vote('a.sanders@example.com', request, second)).toMatchObject({ status: 409 });
  expect(await vote('a.sanders@example.com', await waiting(ANA), second)).toMatchObject({
    status: 403,
    body: { code: 'self_approval' },
  });
});
