import { request } from 'node:http';
import { ConfigError, readConfig } from '../../../policy-service/src/config';
import { PASSWORD, TestService } from '../harness';

/** Whose failures count for whom: by the address of the connection, or of a trusted proxy's word. */
let service: TestService;
afterEach(() => service?.stop());

async function start(env: NodeJS.ProcessEnv): Promise<void> {
  service = await TestService.start(env);
  await service.newPerson('ana@example.com', ['reviewer']);
}

interface Told {
  status: number;
  retryAfter: string | undefined;
  type: string;
  text: string;
}

function send(path: string, body: string, headers: Record<string, string>): Promise<Told> {
  return new Promise((resolve, reject) => {
    const call = request(`${service.url}${path}`, { method: 'POST', headers }, (res) => {
      let text = '';
      res.on('data', (chunk: Buffer) => (text += chunk.toString()));
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          retryAfter: res.headers['retry-after'],
          type: String(res.headers['content-type']),
          text,
        }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

const signIn = (forwarded: string, password = 'wrong', email = 'ana@example.com'): Promise<Told> =>
  send('/v1/session', JSON.stringify({ email, password }), {
    'content-type': 'application/json',
    'x-forwarded-for': forwarded,
  });

const onPage = (forwarded: string): Promise<Told> =>
  send('/sign-in', 'email=ana%40example.com&password=wrong', {
    'content-type': 'application/x-www-form-urlencoded',
    'x-forwarded-for': forwarded,
  });

test('without the setting a forged X-Forwarded-For is another address for nobody', async () => {
  await start({});
  const told: Told[] = [];
  for (let n = 0; n < 24; n += 1) {
    told.push(await signIn(`203.0.113.${n}`, 'wrong', `nobody-${n}@example.com`));
  }
  expect(told.filter(({ status }) => status === 401)).toHaveLength(20);
  const page = await onPage('203.0.113.200');
  for (const one of [told.at(-1), page]) {
    expect(one).toMatchObject({ status: 429, text: expect.stringMatching(/Wait \d+ s/) });
    const seconds = Number(one?.retryAfter);
    expect(seconds).toBeGreaterThan(60);
    expect(seconds).toBeLessThanOrEqual(300);
    expect(one?.text).toContain(`Wait ${seconds} s`);
  }
  expect(told.at(-1)?.type).toMatch(/problem\+json/);
  expect(page.type).toMatch(/html/);
});

test('with the proxy named, callers have their own addresses, and what they forge is not believed', async () => {
  await start({ EXECUTION_LAYER_TRUST_PROXY: 'loopback' });
  for (let n = 0; n < 30; n += 1) {
    // The caller writes the first one, the proxy adds where the call really came from.
    await signIn(`203.0.113.${n}, 198.51.100.7`, 'wrong', `nobody-${n}@example.com`);
  }
  expect((await signIn('203.0.113.99, 198.51.100.7', PASSWORD)).status).toBe(429);
  expect((await signIn('198.51.100.8', PASSWORD)).status).toBe(200);
});

test('many guesses at once are slowed like one after the other, and the delay is told', async () => {
  await start({ EXECUTION_LAYER_TRUST_PROXY: '127.0.0.0/8' });
  const burst = await Promise.all(
    Array.from({ length: 20 }, (_, n) => signIn(`198.51.100.${n}`, `wrong-${n}`)),
  );
  expect(burst.filter(({ status }) => status === 401)).toHaveLength(6);
  const held = burst.find(({ status }) => status === 429);
  expect(held).toMatchObject({ retryAfter: '1', text: expect.stringMatching(/Wait 1 s/) });
});

test('addresses of one IPv6 network are one caller', async () => {
  await start({ EXECUTION_LAYER_TRUST_PROXY: 'loopback' });
  for (let n = 0; n < 22; n += 1) {
    await signIn(`2001:db8:1:2::${n}`, 'wrong', `nobody-${n}@example.com`);
  }
  expect((await signIn('2001:db8:1:2::ffff', PASSWORD)).status).toBe(429);
  expect((await signIn('2001:db8:ffff:2::1', PASSWORD)).status).toBe(200);
});

test.each(['', 'loopback', '10.0.0.5', '10.0.0.0/24, 2001:db8::/48'])(
  'the setting takes "%s"',
  (text) => {
    expect(readConfig({ EXECUTION_LAYER_TRUST_PROXY: text }).trustedProxies).toEqual(
      text.split(/, ?/).filter(Boolean),
    );
  },
);

test.each([
  'true',
  '1',
  '*',
  '0.0.0.0/0',
  '::/0',
  'proxy.example.com',
  '10.0.0.0/33',
  '10.0.0.1/8/8',
])('the setting refuses "%s", with a sentence that says what to write', (text) => {
  const read = (): unknown => readConfig({ EXECUTION_LAYER_TRUST_PROXY: text });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/EXECUTION_LAYER_TRUST_PROXY.*such as 10\.0\.0\.5/);
});
