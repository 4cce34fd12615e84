import { TestService, type Body } from '../harness';

/** Who asks and who approved is judged by the people and tokens of the moment of the write. */
let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
  await service.newPerson('finance@example.com', ['finance_approver']);
  await service.newPerson('ana@example.com', ['buyer']);
});
afterEach(() => service.stop());

const PAYMENT = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };

/** As an administrator would. */
async function change(
  email: string,
  with_: { roles?: string[]; disabledAt?: string; aliases?: string[] },
): Promise<void> {
  const { store } = service.service.deps;
  const person = await store.person(email);
  if (!person) throw new Error(`no person ${email}`);
  await store.commit({ people: [{ ...person, ...with_ }] });
}

const disable = (email: string) => change(email, { disabledAt: new Date().toISOString() });

async function approvedPayment(): Promise<Body> {
  const { body } = await service.tool('vendor_payment.create', { ...PAYMENT, amount: '20000.00' });
  await service.vote('finance@example.com', body.approval.id, 'approve');
  return body;
}

async function expectStopped(id: string, ruleId: string): Promise<void> {
  expect(await service.execute(id)).toMatchObject({
    status: 409,
    body: {
      state: 'blocked',
      reasons: expect.arrayContaining([expect.objectContaining({ ruleId })]),
    },
  });
  expect(await service.records('payments')).toHaveLength(0);
}

test.each([
  ['the requester', 'ana@example.com', 'requester-disabled'],
  ['the owner of the token', 'owner@example.com', 'token-owner-disabled'],
])('when %s is disabled, what was allowed is not written', async (_who, email, ruleId) => {
  const { body } = await service.tool('vendor_payment.create', PAYMENT);
  expect(body.state).toBe('allowed');
  await disable(email);
  await expectStopped(body.id, ruleId);
});

test('a disabled requester stops an approved request too, and a new one is blocked', async () => {
  const { id } = await approvedPayment();
  await disable('ana@example.com');
  await expectStopped(id, 'requester-disabled');
  expect((await service.tool('vendor_payment.create', PAYMENT)).body).toMatchObject({
    state: 'blocked',
    decision: {
      reasons: expect.arrayContaining([expect.objectContaining({ ruleId: 'requester-disabled' })]),
    },
  });
});

test('a revoked token stops what it asked for, whoever executes it', async () => {
  const token = await service.newToken();
  const { body } = await service.call(
    '/v1/tools/vendor_payment.create',
    { requestedBy: 'ana@example.com', arguments: PAYMENT },
    { token },
  );
  const { store } = service.service.deps;
  const record = (await store.tokens()).find(
    ({ id }) => token.startsWith(id) || id === body.tokenId,
  );
  const newest = record ?? (await store.tokens()).sort((a, b) => (a.id < b.id ? 1 : -1))[0]!;
  await store.commit({ tokens: [{ ...newest, revokedAt: new Date().toISOString() }] });
  await expectStopped(body.id, 'token-revoked');
});

test('a token that has expired since stops what it asked for, whoever executes it', async () => {
  const token = await service.newToken({ name: 'passing' });
  const { body } = await service.call(
    '/v1/tools/vendor_payment.create',
    { requestedBy: 'ana@example.com', arguments: PAYMENT },
    { token },
  );
  expect(body.state).toBe('allowed');
  const { store } = service.service.deps;
  const record = (await store.tokens()).find(({ name }) => name === 'passing')!;
  await store.commit({ tokens: [{ ...record, expiresAt: new Date().toISOString() }] });
  expect((await service.call('/v1/actions', undefined, { token })).status).toBe(401);
  await expectStopped(body.id, 'token-expired');
});

test('rules see the roles of the write, not of the proposal', async () => {
  const token = await service.newToken({ actsFor: 'people' });
  await service.activate(
    service.bundleWith(
      (rules) =>
        `${rules.replace(/^rules:\n/m, 'rules:\n  - { id: buyers-only, actions: [vendor_payment.create], when: \'!("buyer" in subject.roles)\', effect: block, message: Only buyers pay. }\n')}`,
    ),
  );
  const pay = () =>
    service.call(
      '/v1/tools/vendor_payment.create',
      { requestedBy: 'ana@example.com', arguments: PAYMENT },
      { token },
    );
  const { body } = await pay();
  expect(body.state).toBe('allowed');
  await change('ana@example.com', { roles: ['clerk'] });
  await expectStopped(body.id, 'buyers-only');
  expect((await service.call(`/v1/requests/${body.id}`)).body.subject.roles).toEqual(['clerk']);
});

test.each([
  ['lost the role', { roles: ['clerk'] }],
  ['was disabled', { disabledAt: '2026-01-01T00:00:00.000Z' }],
  ['turns out to be who asked', { aliases: ['ana@example.com'] }],
  ['turns out to own the token that asked', { aliases: ['owner@example.com'] }],
])('a vote by somebody who %s since does not count at the write', async (_what, after) => {
  const { id, approval } = await approvedPayment();
  await change('finance@example.com', after);
  expect(await service.execute(id)).toMatchObject({
    status: 409,
    body: {
      state: 'awaiting_approval',
      reasons: expect.arrayContaining([
        { ruleId: 'votes-lost', message: expect.stringContaining('finance@example.com') },
      ]),
    },
  });
  expect(await service.records('payments')).toHaveLength(0);
  await service.newPerson('other@example.com', ['finance_approver']);
  const { body } = await service.call(`/v1/requests/${id}`);
  expect(body.approval.id).not.toBe(approval.id);
  expect((await service.vote('other@example.com', body.approval.id, 'approve')).status).toBe(200);
  expect((await service.execute(id)).body.state).toBe('executed');
});
