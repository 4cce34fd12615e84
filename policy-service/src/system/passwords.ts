import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Passwords } from '../application/change/deps';
import { OneAtATime } from './one-at-a-time';
import { guessesFor } from './password-guesses';

/** scrypt cost as OWASP's password storage guidance gives it: N = 2^17, r = 8, p = 1 (128 MiB). */
const COST = { N: 2 ** 17, r: 8, p: 1 };
const KEY_BYTES = 32;
/** At about half a second each, whoever is last waits some fifteen seconds. */
const queue = new OneAtATime(30);

interface Cost {
  N: number;
  r: number;
  p: number;
}

/** Stored form: `scrypt$N$r$p$salt$key`, salt and key in base64. */
export const scryptPasswords: Passwords = {
  async hash(password) {
    const salt = randomBytes(16);
    const key = await derive(password, salt, COST);
    return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join(
      '$',
    );
  },
  async verify(password, stored) {
    const [scheme, n, r, p, salt, key] = stored.split('$');
    if (scheme !== 'scrypt' || !salt || !key) return false;
    const expected = Buffer.from(key, 'base64');
    const cost = { N: Number(n), r: Number(r), p: Number(p) };
    const given = await derive(password, Buffer.from(salt, 'base64'), cost);
    return given.length === expected.length && timingSafeEqual(given, expected);
  },
  guesses: guessesFor,
};

function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  const options = { ...cost, maxmem: 256 * cost.N * cost.r };
  return queue.run(
    () =>
      new Promise((resolve, reject) => {
        scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
          error ? reject(error) : resolve(key),
        );
      }),
  );
}
