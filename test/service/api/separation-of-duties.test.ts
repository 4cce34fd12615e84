import { TestService } from '../harness';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
  await service.newPerson('finance@example.com', ['finance_approver']);
  await service.newPerson('clerk@example.com', ['operations_approver']);
  await service.newPerson(
    'boss@example.com',
    ['finance_approver'],
    ['The Boss', 'owner@example.com'],
  );
});
afterAll(() => service.stop());

async function waiting(requestedBy: string): Promise<{ id: string; approvalId: string }> {
  const answer = await service.tool(
    'vendor_payment.create',
    { vendor_id: 'V-1001', amount: '12500.00', currency: 'USD' },
    { requestedBy },
  );
  expect(answer.body.state).toBe('awaiting_approval');
  return { id: answer.body.id, approvalId: answer.body.approval.id };
}

describe('nobody approves their own request', () => {
  test.each([
    ['the claimed requester', 'finance@example.com', 'finance@example.com'],
    ['the claimed requester in other letters', ' FINANCE@Example.com', 'finance@example.com'],
    ['the owner of the token', 'ana@example.com', 'owner@example.com'],
    ['an alias of the requester', 'the boss', 'boss@example.com'],
    ['an alias of the token owner', 'ana@example.com', 'boss@example.com'],
  ])('%s', async (_name, requestedBy, approver) => {
    const { id, approvalId } = await waiting(requestedBy);
    const refused = await service.vote(approver, approvalId, 'approve');
    expect(refused).toMatchObject({ status: 403, body: { code: 'self_approval' } });
    expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('awaiting_approval');
    expect((await service.timeline(id)).at(-1)).toMatchObject({
      type: 'request.command_refused',
      actor: { kind: 'person', id: approver },
      data: { code: 'self_approval' },
    });
  });

  test('a person without the role', async () => {
    const { approvalId } = await waiting('ana@example.com');
    expect(await service.vote('clerk@example.com', approvalId, 'approve')).toMatchObject({
      status: 403,
      body: { code: 'not_an_approver' },
    });
  });

  test('a service token, whatever its scopes', async () => {
    const { id, approvalId } = await waiting('ana@example.com');
    expect((await service.call(`/v1/approvals/${approvalId}`)).status).toBe(403);
    const body = await service.approval(approvalId);
    const vote = await service.call(`/v1/approvals/${approvalId}/votes`, {
      vote: 'approve',
      digest: body.digest,
    });
    expect(vote).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('awaiting_approval');
  });

  test('a vote on something else than was shown', async () => {
    const { approvalId } = await waiting('ana@example.com');
    expect(
      await service.vote('finance@example.com', approvalId, 'approve', '0'.repeat(64)),
    ).toMatchObject({
      status: 409,
      body: { code: 'digest_mismatch' },
    });
  });

  test('a vote without the CSRF token, or by GET', async () => {
    const { id, approvalId } = await waiting('ana@example.com');
    const as = await service.person('finance@example.com');
    const { body } = await as(`/v1/approvals/${approvalId}`);
    const path = `/v1/approvals/${approvalId}/votes`;
    const ballot = { vote: 'approve', digest: body.digest };
    expect(await as(path, ballot, { headers: { 'x-csrf-token': 'wrong' } })).toMatchObject({
      status: 403,
      body: { code: 'csrf_failed' },
    });
    expect((await as(path)).status).toBe(405);
    expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('awaiting_approval');
  });
});

describe('requesters', () => {
  test('a claim stays a claim: unverified and without roles, whatever the body says', async () => {
    const answer = await service.tool(
      'vendor.read',
      { vendor_id: 'V-1001' },
      {
        requestedBy: 'finance@example.com',
        context: { roles: ['finance_approver'], verified: true },
      },
    );
    expect(answer.body.subject).toEqual({ requestedBy: 'finance@example.com', verified: false });
  });

  test('a token that asserts people gives verified requesters with their roles, and no others', async () => {
    const token = await service.newToken({ actsFor: 'people' });
    const known = await service.call(
      '/v1/tools/vendor.read',
      { requestedBy: 'Finance@example.com', arguments: { vendor_id: 'V-1001' } },
      { token },
    );
    expect(known.body.subject).toEqual({
      requestedBy: 'finance@example.com',
      verified: true,
      roles: ['finance_approver'],
    });
    const unknown = await service.call(
      '/v1/tools/vendor.read',
      { requestedBy: 'ana@example.com', arguments: { vendor_id: 'V-1001' } },
      { token },
    );
    expect(unknown).toMatchObject({
      status: 400,
      body: { code: 'invalid_body', errors: [{ pointer: '/requestedBy' }] },
    });
  });

  test('a token bound to some actions is held to them', async () => {
    const token = await service.newToken({ actions: ['vendor.read'] });
    const refused = await service.call(
      '/v1/tools/inventory.adjust',
      { requestedBy: 'ana', arguments: {} },
      { token },
    );
    expect(refused).toMatchObject({ status: 403, body: { code: 'action_not_permitted' } });
  });
});
