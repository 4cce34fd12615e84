import { routes } from '../../../policy-service/src/http/routes';
import { TestService } from '../harness';

const PAYMENT = { vendor_id: 'V-1001', amount: '12500.00', currency: 'USD' };
const RESUME = 'http://127.0.0.1:5678/webhook-waiting/1?signature=x';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
  await service.newPerson('clerk@example.com', []);
  await service.newPerson('operator@example.com', ['operator']);
  await service.newPerson('ana@example.com', []);
});
afterAll(() => service.stop());

async function waiting(): Promise<string> {
  const { body } = await service.tool('vendor_payment.create', PAYMENT);
  expect(body.state).toBe('awaiting_approval');
  return body.id;
}

/** A body that the route accepts, so that nothing but the token's list refuses. */
const BODIES: Record<string, unknown> = {
  callbacks: { resumeUrl: RESUME },
  events: { type: 'note', message: 'Hello.' },
  resubmit: { requestText: 'Check SKU-1001' },
  compensate: { reason: 'wrong' },
  outcome: { permit: 'x', outcome: 'executed' },
};

// The table of routes itself, so that a new route cannot forget the list.
const reaching = routes.filter(
  ({ path, access }) => path.startsWith('/v1/requests/{id}') && access.kind === 'token',
);

test.each(reaching.map((route) => [`${route.method} ${route.path}`, route] as const))(
  'a token of other actions is refused by %s',
  async (_name, route) => {
    const id = await waiting();
    const token = await service.newToken({ actions: ['vendor.read'] });
    const before = (await service.call(`/v1/requests/${id}`)).body;
    const path = route.path.replace('{id}', id);
    const body = route.method === 'get' ? undefined : (BODIES[path.split('/')[4] ?? ''] ?? {});
    const refused = await service.call(path, body, { token });
    expect(refused).toMatchObject({ status: 403, body: { code: 'action_not_permitted' } });
    expect(JSON.stringify(refused.body)).not.toContain('V-1001');
    expect((await service.call(`/v1/requests/${id}`)).body).toEqual(before);
  },
);

test('lists hold only what the token may use', async () => {
  const id = await waiting();
  const ids = async (actions: string[]): Promise<string[]> => {
    const token = await service.newToken({ actions });
    const { body } = await service.call('/v1/requests?limit=200', undefined, { token });
    return body.items.map((item: { id: string }) => item.id);
  };
  expect(await ids(['vendor.read'])).not.toContain(id);
  expect(await ids(['vendor_payment.create'])).toContain(id);
});

test('a resume URL is replaced only by the token that registered it', async () => {
  const id = await waiting();
  const path = `/v1/requests/${id}/callbacks`;
  const other = await service.newToken();
  expect((await service.call(path, { resumeUrl: RESUME })).status).toBe(200);
  expect(await service.call(path, { resumeUrl: `${RESUME}2` }, { token: other })).toMatchObject({
    status: 403,
    body: { code: 'insufficient_scope' },
  });
  expect((await service.call(path, { resumeUrl: `${RESUME}3` })).status).toBe(200);
});

test('a request is cancelled by whoever asked, by its token or by an operator', async () => {
  const cancel = async (email: string): Promise<number> =>
    (await (await service.person(email))(`/v1/requests/${await waiting()}/cancel`, {})).status;
  expect(await cancel('clerk@example.com')).toBe(403);
  expect(await cancel('operator@example.com')).toBe(200);
  expect(await cancel('ana@example.com')).toBe(200);
  const stranger = await service.newToken({ owner: null });
  const path = `/v1/requests/${await waiting()}/cancel`;
  expect((await service.call(path, {}, { token: stranger })).status).toBe(403);
  expect((await service.call(path, {})).status).toBe(200);
});
