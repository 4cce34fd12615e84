import { changePerson } from '../../../policy-service/src/application/identity/change-person';
import { registerPerson } from '../../../policy-service/src/application/identity/manage-identities';
import { TestService } from '../harness';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
  await service.newPerson('ana.s@example.com', ['finance_approver']);
  await service.newPerson('ana.s+second@example.com', ['finance_approver']);
  await service.newPerson('a.smith@example.com', ['finance_approver'], ['anas@example.com.']);
  await service.newPerson('bob@example.com', ['finance_approver']);
  await service.activate(
    service.bundleWith((rules) =>
      rules.replaceAll(
        'stages: [{ role: finance_approver, count: 1 }]',
        'stages: [{ role: finance_approver, count: 2 }]',
      ),
    ),
  );
});
afterAll(() => service.stop());

/** Each of another amount: a repeat would be asked about for that reason, too. */
let amount = 12_500;
async function waiting(requestedBy: string): Promise<{ id: string; approvalId: string }> {
  const answer = await service.tool(
    'vendor_payment.create',
    { vendor_id: 'V-1001', amount: String(amount++), currency: 'USD' },
    { requestedBy },
  );
  expect(answer.body.state).toBe('awaiting_approval');
  return { id: answer.body.id, approvalId: answer.body.approval.id };
}

test.each([
  'ana.s@example.com',
  'anas+payments@example.com',
  'Ana <ana.s@example.com.>',
  'mailto:ana.s%40example.com',
  '"ana.s"@example.com (Ana)',
  'ａｎａ．ｓ＠ｅｘａｍｐｌｅ．ｃｏｍ',
  'A.Smith@Example.com',
])('whoever asked as %s decides under none of their accounts', async (requestedBy) => {
  const { id, approvalId } = await waiting(requestedBy);
  for (const account of ['ana.s@example.com', 'ana.s+second@example.com', 'a.smith@example.com']) {
    const refused = await service.vote(account, approvalId, 'approve');
    expect(refused).toMatchObject({ status: 403, body: { code: 'self_approval' } });
  }
  expect((await service.vote('bob@example.com', approvalId, 'approve')).status).toBe(200);
  // The log keeps the claim as it was sent.
  expect((await service.timeline(id))[0].data.subject.requestedBy).toBe(requestedBy);
});

test.each(['\u0430na.s@example.com', '&#97;na.s@example.com', '=?utf-8?q?ana?= <x@example.com>'])(
  'who looks like somebody else asks for nothing, and is neither made, nor renamed, nor an owner: %s',
  async (name) => {
    const { deps } = service.service;
    const asked = await service.tool(
      'vendor_payment.create',
      { vendor_id: 'V-1001', amount: '1.00', currency: 'USD' },
      { requestedBy: name },
    );
    expect(asked).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/requestedBy', message: expect.stringMatching(/Write/) }] },
    });
    const person = { name: 'x', roles: [], aliases: [], password: 'a password for tests' };
    const refused = expect.objectContaining({ code: 'invalid_parameter' });
    await expect(registerPerson(deps, { ...person, email: name })).rejects.toEqual(refused);
    await expect(
      registerPerson(deps, { ...person, email: 'new@example.com', aliases: [name] }),
    ).rejects.toEqual(refused);
    await expect(changePerson(deps, 'bob@example.com', { aliases: [name] })).rejects.toEqual(
      refused,
    );
    await expect(service.newToken({ owner: name })).rejects.toEqual(refused);
  },
);

test('two accounts of one person are one vote', async () => {
  const { id, approvalId } = await waiting('clerk@example.com');
  expect((await service.vote('ana.s@example.com', approvalId, 'approve')).status).toBe(200);
  for (const account of ['ana.s+second@example.com', 'a.smith@example.com']) {
    const refused = await service.vote(account, approvalId, 'approve');
    expect(refused).toMatchObject({ status: 409, body: { code: 'already_voted' } });
  }
  expect((await service.execute(id)).status).toBe(409);
  expect((await service.vote('bob@example.com', approvalId, 'approve')).status).toBe(200);
  expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('approved');
});

test('a quorum of two accounts that turn out to be one person executes nothing', async () => {
  await service.newPerson('carl@example.com', ['finance_approver']);
  const { id, approvalId } = await waiting('clerk@example.com');
  await service.vote('bob@example.com', approvalId, 'approve');
  await service.vote('carl@example.com', approvalId, 'approve');
  expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('approved');
  await service.newPerson('carl@example.com', ['finance_approver'], ['Bob <bob@example.com>']);
  const refused = await service.execute(id);
  expect(refused).toMatchObject({ status: 409, body: { code: 'not_executable' } });
  expect(refused.body.request.execution).toBeUndefined();
});

test('a claim that nobody can read is refused', async () => {
  for (const requestedBy of ['   ', '\u3164', '\ufe0f']) {
    expect(await service.propose('Check SKU-1001', requestedBy)).toMatchObject({
      status: 400,
      body: { code: 'invalid_body', errors: [{ pointer: '/requestedBy' }] },
    });
  }
});

describe('accounts', () => {
  const create = (email: string, more: object = {}) =>
    registerPerson(service.service.deps, {
      email,
      name: 'Somebody',
      roles: [],
      aliases: [],
      password: 'a password for tests',
      ...more,
    });

  test.each<[string, object?]>([
    ['bob@example.com'],
    ['Bob <BOB@example.com.>'],
    ['b.ob@example.com'],
    ['bob+2@example.com'],
    ['new@example.com', { aliases: ['bob@example.com'] }],
  ])('%s is not created beside bob@example.com', async (email: string, more: object = {}) => {
    await expect(create(email, more)).rejects.toMatchObject({ code: 'already_exists' });
  });

  test('two people whose addresses differ in dots can both exist, when that is said', async () => {
    const created = await create('B.ob@example.com', { separate: true });
    expect(created.email).toBe('b.ob@example.com');
    await expect(create('bob@example.com', { separate: true })).rejects.toMatchObject({
      code: 'already_exists',
    });
  });
});
