import { lookup } from 'node:dns/promises';
import { request } from 'node:http';
import { PASSWORD, TestService } from '../harness';

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
  await service.newPerson('ana@example.com', ['reviewer']);
});
afterEach(() => service.stop());

/** Signs in from one address of this machine. @returns the status */
function signIn(email: string, password: string, localAddress = '127.0.0.1'): Promise<number> {
  const body = JSON.stringify({ email, password });
  return new Promise((resolve, reject) => {
    const call = request(`${service.url}/v1/session`, {
      method: 'POST',
      localAddress,
      headers: { 'content-type': 'application/json' },
    });
    call.on('response', (res) => res.resume().on('end', () => resolve(res.statusCode ?? 0)));
    call.on('error', reject);
    call.end(body);
  });
}

test('sixty sign-ins at once hold up neither the lookup of names nor other calls', async () => {
  let answered = 0;
  const flood = Array.from({ length: 60 }, async (_, n) => {
    const address = `127.0.0.${2 + (n % 6)}`;
    const status = await signIn(`nobody-${n}@example.com`, 'wrong', address);
    if (status === 401) answered += 1;
    return status;
  });
  await Promise.race(flood);
  await lookup('localhost');
  const health = await fetch(`${service.url}/healthz`);
  // In a pool that is full of them, the lookup would have waited for nearly all.
  const meanwhile = answered;
  expect(health.status).toBe(200);
  const statuses = await Promise.all(flood);
  expect(meanwhile).toBeLessThan(answered / 2);
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  expect(await signIn('ana@example.com', PASSWORD)).toBe(200);
});

test('guesses at one account slow it down for strangers, and not for who has signed in', async () => {
  expect(await signIn('ana@example.com', PASSWORD, '127.0.0.1')).toBe(200);
  for (let n = 0; n < 9; n += 1) {
    await signIn(n % 2 ? 'Ana@Example.com' : 'ana@example.com', 'wrong', '127.0.0.9');
  }
  expect(await signIn('ana@example.com', PASSWORD, '127.0.0.3')).toBe(429);
  expect(await signIn('ana@example.com', PASSWORD, '127.0.0.1')).toBe(200);
  expect(await signIn('ana@example.com', PASSWORD, '127.0.0.3')).toBe(200);
});

test('no spelling of an e-mail is an account of its own for guesses', async () => {
  const spelt = (n: number): string =>
    ['ana@example.com', 'ANA@example.com.', '<ana@example.com>', ' ana@Example.com'][n % 4] ?? '';
  const statuses: number[] = [];
  for (let n = 0; n < 9; n += 1) {
    statuses.push(await signIn(spelt(n), 'wrong', `127.0.1.${n + 1}`));
  }
  expect(statuses).toContain(429);
});

test.each([
  'ana@example.com <u-1>',
  '<u-1> ana@example.com',
  'Ana <ana@example.com>',
  'ana@example.com, bob@example.com',
])('%j is no e-mail to sign in with', async (email) => {
  expect(await signIn(email, PASSWORD)).toBe(401);
});
