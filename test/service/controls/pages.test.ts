import { PASSWORD, TestService } from '../harness';
import { textOf } from '../web/browser';

/** The controls page on the whole service: form to database to execution. */
let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
  await service.newPerson('ops@example.com', ['operator']);
  await service.newPerson('finance@example.com', ['finance_approver']);
});
afterEach(() => service.stop());

interface Session {
  get(path: string): Promise<string>;
  post(path: string, form: Record<string, string>): Promise<number>;
}

async function signIn(email: string): Promise<Session> {
  const answer = await service.call(
    '/v1/session',
    { email, password: PASSWORD },
    { token: null, key: null },
  );
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const csrf: string = answer.body.csrfToken;
  return {
    get: async (path) => (await fetch(`${service.url}${path}`, { headers: { cookie } })).text(),
    post: async (path, form) => {
      const body = new URLSearchParams({ csrf, ...form });
      const init = { method: 'POST', headers: { cookie }, body, redirect: 'manual' as const };
      return (await fetch(`${service.url}${path}`, init)).status;
    },
  };
}

const FORM = { target: 'action:vendor_payment.create', reason: 'Odd payments', confirm: 'yes' };

test('an operator stops and lifts on the page, under their own name', async () => {
  const { id, links } = (
    await service.tool('vendor_payment.create', {
      vendor_id: 'V-1001',
      amount: '100.00',
      currency: 'USD',
    })
  ).body;
  const ops = await signIn('ops@example.com');
  const offered = await ops.get('/controls');
  for (const value of [FORM.target, 'action:vendor_payment.create.undo', 'connector:mock-erp']) {
    expect(offered).toContain(`value="${value}"`);
  }
  expect(offered).toMatch(/value="token:tok_/);

  expect(await ops.post('/controls', FORM)).toBe(303);
  expect((await service.execute(id)).body).toMatchObject({ reasons: [{ ruleId: 'stopped' }] });
  const page = await ops.get('/inbox');
  expect(textOf(page)).toContain(
    'Execution is stopped: the action vendor_payment.create. Odd payments (by ops@example.com',
  );
  const status = await (await fetch(links.status)).text();
  expect(textOf(status)).toContain('This request is held back at the moment.');
  expect(status).not.toMatch(/Odd payments|ops@example|vendor_payment/);

  const lift = /action="(\/controls\/ctl_[^"]+\/lift)"/.exec(await ops.get('/controls'))?.[1];
  expect(await ops.post(lift ?? '', { reason: 'All clear' })).toBe(303);
  expect((await service.execute(id)).body.state).toBe('executed');
  const [control] = (await service.call('/v1/controls')).body.items;
  expect(control).toMatchObject({ by: 'ops@example.com', liftedBy: 'ops@example.com' });
});

test('somebody without the role gets no form, and a forged one is refused', async () => {
  const finance = await signIn('finance@example.com');
  expect(textOf(await finance.get('/controls'))).toContain('This needs the role operator');
  expect(await finance.post('/controls', FORM)).toBe(403);
  expect(await finance.post('/controls/ctl_any/lift', { reason: 'r' })).toBe(403);
  expect((await service.call('/v1/controls')).body.items).toEqual([]);
});
