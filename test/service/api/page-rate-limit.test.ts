import { MachineClocks } from '../machine-clocks';
import { PASSWORD, TestService, type Answer } from '../harness';

/** Nobody opens pages faster than they can be made: counted as calls of the API are, with these. */
const MOST = 40;
const clocks = new MachineClocks(false);
let service: TestService;
let cookie: string;
let ana: Awaited<ReturnType<TestService['person']>>;

beforeAll(async () => {
  const env = { EXECUTION_LAYER_RATE_LIMIT: String(MOST), EXECUTION_LAYER_TRUST_PROXY: 'loopback' };
  service = await TestService.start(env, clocks.read);
  await service.newPerson('ana@example.com', ['operator']);
  await service.newPerson('ben@example.com', ['operator']);
  ana = await service.person('ana@example.com');
  cookie = await signIn('ana@example.com');
});
afterAll(() => service?.stop());
beforeEach(() => (clocks.passed += 10_000));

async function signIn(email: string): Promise<string> {
  const answer = await open('/v1/session', { email, password: PASSWORD });
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}
const open = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  service.call(path, body, { token: null, key: null, headers });
const page = (path: string, who = cookie, from = '192.0.2.1') =>
  open(path, undefined, { cookie: who, 'x-forwarded-for': from });

function expectHeldBack({ status, headers, body }: Answer): void {
  expect(status).toBe(429);
  expect(headers.get('content-type')).toMatch(/text\/html/);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(body).toMatch(/More than 40 calls in 10 seconds\. Try again in \d+ s\./);
}

async function exhaust(path: string, who = cookie, from?: string): Promise<void> {
  for (let n = 0; n < MOST; n += 1) {
    expect((await page(path, who, from)).status).not.toBe(429);
  }
}

const PAGES = [
  '/inbox',
  '/inbox/apr_1',
  '/requests',
  '/requests/req_1',
  '/attention',
  '/controls',
  '/policies',
  '/policies/ask',
  '/sign-in',
  '/Inbox/',
  '/docs',
  '/openapi.json',
];

test('a person has one budget for all pages and the API, whatever the address', async () => {
  await exhaust('/inbox');
  for (const path of PAGES) expectHeldBack(await page(path, cookie, `192.0.2.${path.length}`));
  const { status, body } = await ana('/v1/approvals');
  expect([status, body.code]).toEqual([429, 'rate_limited']);
  // Others go on, and what must always answer does.
  expect((await page('/inbox', await signIn('ben@example.com'))).status).toBe(200);
  for (const path of ['/healthz', '/readyz', '/assets/app.css', '/metrics']) {
    expect({ path, status: (await page(path)).status }).toEqual({ path, status: 200 });
  }
  clocks.passed += 10_000;
  expect((await page('/inbox')).status).toBe(200);
});

test('calls of the API count for the pages, and forms count too', async () => {
  for (let n = 0; n < MOST - 1; n += 1) await ana('/v1/approvals');
  const form = () =>
    service.call('/sign-out', undefined, {
      token: null,
      key: null,
      raw: 'csrf=wrong',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    });
  expect((await form()).status).toBe(403);
  expectHeldBack(await form());
});

test.each([...PAGES, '/status/nobody'])(
  'before signing in, an address has a budget at %s',
  async (path) => {
    await exhaust('/sign-in', '', '198.51.100.7');
    expectHeldBack(await page(path, '', '198.51.100.7'));
    expectHeldBack(await page(path, 'el_session=made-up', '198.51.100.7'));
    // Neither who is signed in there nor another address waits for it.
    expect((await page('/inbox', cookie, '198.51.100.7')).status).toBe(200);
    expect((await page(path, '', '198.51.100.8')).status).not.toBe(429);
  },
);
