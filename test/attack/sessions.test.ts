import type { Body } from '../support/served';
import { PASSWORD, Target } from './support/target';

/** Sessions, roles and tokens that are over, taken away, forged or of somebody else. */
const ANA = 'ana@example.com';
const BOB = 'bob@example.com';
let target: Target;
beforeAll(async () => {
  target = await Target.start();
  target.newPerson(ANA, 'finance_approver');
  target.newPerson(BOB, 'finance_approver,operator');
});
afterAll(() => target?.stop());

type Headers = Record<string, string>;
let amount = 20_000;
async function waiting(): Promise<Body> {
  const args = { vendor_id: 'V-1001', amount: `${(amount += 1)}.00`, currency: 'USD' };
  const { body } = await target.tool('vendor_payment.create', args, {
    requestedBy: 'carol@example.com',
  });
  expect(body.state).toBe('awaiting_approval');
  return body;
}
const stateOf = async ({ id }: Body): Promise<string> =>
  (await target.call(`/v1/requests/${id}`)).body.state;

async function ballotOf({ approval }: Body, headers: Headers): Promise<[string, object]> {
  const path = `/v1/approvals/${approval.id}`;
  const { digest } = (await target.anonymous(path, undefined, { headers })).body;
  return [`${path}/votes`, { vote: 'approve', digest }];
}

async function person(email: string, ...args: string[]): Promise<void> {
  const input = args.includes('--password-stdin') ? `${PASSWORD} anew` : '';
  const [command = '', ...rest] = args;
  expect(target.served.cli(['person', command, email, ...rest], input)).toMatchObject({
    status: 0,
  });
}

test('a vote needs the CSRF token of its own session', async () => {
  const [ana, bob] = [await target.signIn(ANA), await target.signIn(BOB)];
  const again = await target.signIn(ANA);
  const request = await waiting();
  const [path, ballot] = await ballotOf(request, ana);
  const { cookie } = ana;
  const tries: Headers[] = [
    { cookie },
    { cookie, 'x-csrf-token': '' },
    { cookie, 'x-csrf-token': 'undefined' },
    { cookie, 'x-csrf-token': bob['x-csrf-token'] },
    { cookie, 'x-csrf-token': again['x-csrf-token'] },
    { cookie, 'x-csrf-token': `${ana['x-csrf-token']}x` },
    { cookie, 'x-csrf-token': ana['x-csrf-token'].slice(0, -1) },
    { cookie, 'x-csrf-token': cookie.split('=')[1] ?? '' },
  ];
  for (const headers of tries) {
    expect(await target.anonymous(path, ballot, { headers })).toMatchObject({
      status: 403,
      body: { code: 'csrf_failed' },
    });
  }
  expect(await stateOf(request)).toBe('awaiting_approval');
  expect((await target.anonymous(path, ballot, { headers: ana })).status).toBe(200);
});

test('nothing else makes a session: no cookie, made-up ones, a token, a token beside a cookie', async () => {
  const ana = await target.signIn(ANA);
  const request = await waiting();
  const [path, ballot] = await ballotOf(request, ana);
  const [name, secret = ''] = ana.cookie.split('=');
  const csrf = ana['x-csrf-token'];
  for (const cookie of [
    '',
    `${name}=`,
    `${name}=${'A'.repeat(32)}`,
    `${name}=${secret}x`,
    `${name}="${secret}" `.replaceAll('"', '%22'),
    `${name}=../${secret}`,
    `other=${secret}`,
    `${name}=${'x'.repeat(4_000)}`,
  ]) {
    const headers = { cookie, 'x-csrf-token': csrf };
    expect({ cookie, ...(await target.anonymous(path, ballot, { headers })) }).toMatchObject({
      status: 401,
    });
  }
  expect(await target.call(path, ballot)).toMatchObject({ status: 403 });
  expect(await target.call(path, ballot, { headers: ana })).toMatchObject({ status: 403 });
  expect(await stateOf(request)).toBe('awaiting_approval');
});

test('forms of pages: a token of another session, none, and one that another site sent are refused', async () => {
  const [ana, bob] = [await target.signIn(ANA), await target.signIn(BOB)];
  const request = await waiting();
  const page = await target.anonymous(`/inbox/${request.approval.id}`, undefined, { headers: ana });
  const [, action = ''] = /<form[^>]+action="([^"]+)"/.exec(page.body) ?? [];
  expect({ status: page.status, action }).toMatchObject({
    status: 200,
    action: expect.stringContaining('/'),
  });
  const [, digest = ''] = /name="digest" value="([0-9a-f]{64})"/.exec(page.body) ?? [];
  const form = (csrf: string) => new URLSearchParams({ csrf, digest, vote: 'approve' }).toString();
  const post = (csrf: string, more: Headers = {}) =>
    target.anonymous(action, undefined, {
      raw: form(csrf),
      headers: {
        cookie: ana.cookie,
        'content-type': 'application/x-www-form-urlencoded',
        ...more,
      },
    });
  for (const csrf of ['', 'x', bob['x-csrf-token']]) expect((await post(csrf)).status).toBe(403);
  for (const origin of ['https://evil.example.com', 'null', `${target.url}.evil.example.com`]) {
    expect((await post(ana['x-csrf-token'], { origin })).status).toBe(403);
  }
  expect(await stateOf(request)).toBe('awaiting_approval');
});

test('no GET or HEAD of any address that a page names changes anything', async () => {
  const ana = await target.signIn(ANA);
  const request = await waiting();
  const seen = new Set<string>();
  const queue = ['/inbox', `/inbox/${request.approval.id}`, `/requests/${request.id}`];
  for (let path = queue.shift(); path !== undefined && seen.size < 60; path = queue.shift()) {
    if (seen.has(path) || path.startsWith('//')) continue;
    seen.add(path);
    await target.anonymous(path, undefined, { method: 'HEAD', headers: ana });
    const { body } = await target.anonymous(path, undefined, { headers: ana });
    for (const [, found = ''] of String(body).matchAll(/(?:href|action)="(\/[^"#]*)"/g)) {
      queue.push(found.replaceAll('&amp;', '&'));
    }
  }
  expect(seen.size).toBeGreaterThan(5);
  expect(await stateOf(request)).toBe('awaiting_approval');
  expect((await target.anonymous('/inbox', undefined, { headers: ana })).status).toBe(200);
});

test('roles are read at the write: one that was taken away votes no more, in an open session too', async () => {
  const ana = await target.signIn(ANA);
  const request = await waiting();
  const [path, ballot] = await ballotOf(request, ana);
  await person(ANA, 'update', '--roles', 'reviewer');
  expect((await target.anonymous(path, ballot, { headers: ana })).status).toBe(403);
  expect(await stateOf(request)).toBe('awaiting_approval');
  await person(ANA, 'update', '--roles', 'finance_approver');
});

test('an approval of somebody who lost the role or was disabled afterwards is not executed', async () => {
  for (const [end, undo] of [
    [
      ['update', '--roles', 'reviewer'],
      ['update', '--roles', 'finance_approver'],
    ],
    [['disable'], ['enable']],
  ] as const) {
    const ana = await target.signIn(ANA);
    const request = await waiting();
    const [path, ballot] = await ballotOf(request, ana);
    expect((await target.anonymous(path, ballot, { headers: ana })).status).toBe(200);
    expect(await stateOf(request)).toBe('approved');
    await person(ANA, ...end);
    expect(await target.call(`/v1/requests/${request.id}/execute`, {})).toMatchObject({
      status: 409,
    });
    await person(ANA, ...undo);
  }
  expect(await target.records('payments')).toEqual([]);
});

test('sessions end with a new password, with disabling, and when they are signed out of', async () => {
  const works = async (headers: Headers): Promise<boolean> =>
    (await target.anonymous('/v1/approvals', undefined, { headers })).status === 200;
  const [first, second, other] = [
    await target.signIn(ANA),
    await target.signIn(ANA),
    await target.signIn(BOB),
  ];
  await target.anonymous('/v1/session', undefined, { method: 'DELETE', headers: first });
  expect([await works(first), await works(second)]).toEqual([false, true]);
  await person(ANA, 'password', '--password-stdin');
  expect([await works(second), await works(other)]).toEqual([false, true]);
  expect((await target.anonymous('/v1/session', { email: ANA, password: PASSWORD })).status).toBe(
    401,
  );
  const anew = await target.signIn(ANA, `${PASSWORD} anew`);
  await person(ANA, 'disable');
  expect(await works(anew)).toBe(false);
  await expect(target.signIn(ANA, `${PASSWORD} anew`)).rejects.toThrow(/invalid_credentials/);
  await person(ANA, 'enable');
  // What was ended does not come to life again.
  expect([await works(anew), await works(second)]).toEqual([false, false]);
  await person(ANA, 'password', '--password-stdin');
});

test('a token that expired, was revoked or was rotated opens nothing', async () => {
  const idOf = (name: string): string =>
    JSON.parse(target.served.cli(['token', 'list', '--json']).stdout).find(
      (one: { name: string }) => one.name === name,
    ).id;
  const opens = async (token: string): Promise<boolean> =>
    (await target.call('/v1/actions', undefined, { token })).status === 200;

  const expiring = target.newToken({ name: 'expiring', more: ['--expires', '1s'] });
  for (const end = Date.now() + 60_000; await opens(expiring);) {
    expect(Date.now()).toBeLessThan(end);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const revoked = target.newToken({ name: 'revoked' });
  expect(await opens(revoked)).toBe(true);
  target.served.cli(['token', 'revoke', idOf('revoked')]);
  expect(await opens(revoked)).toBe(false);

  const old = target.newToken({ name: 'rotated' });
  const rotated = target.served.cli(['token', 'rotate', idOf('rotated'), '--overlap', '0s']);
  expect([await opens(old), await opens(rotated.stdout.trim())]).toEqual([false, true]);
});

test.each([
  'Bearer',
  'Bearer ',
  'Bearer null',
  'Bearer undefined',
  'Bearer \u00e9',
  'Basic dG9rZW46dG9rZW4=',
  `Bearer ${'x'.repeat(5_000)}`,
  "Bearer ' OR 1=1 --",
  'Bearer %00',
])('the authorization %j is nobody’s', async (authorization) => {
  const headers = { authorization };
  expect(await target.anonymous('/v1/actions', undefined, { headers })).toMatchObject({
    status: 401,
    body: { code: 'unauthenticated' },
  });
});

test('cancelling is for the requester, the token that asked, its owner and operators', async () => {
  const stranger = target.newToken({ name: 'stranger' });
  const ana = await target.signIn(ANA, `${PASSWORD} anew`);
  const bob = await target.signIn(BOB);
  const request = await waiting();
  const path = `/v1/requests/${request.id}/cancel`;
  expect((await target.call(path, {}, { token: stranger })).status).toBe(403);
  expect((await target.anonymous(path, {}, { headers: ana })).status).toBe(403);
  expect(await stateOf(request)).toBe('awaiting_approval');
  expect((await target.anonymous(path, {}, { headers: bob })).status).toBe(200);
});
