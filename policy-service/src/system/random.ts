import { randomFillSync } from 'node:crypto';
import type { Random } from '../application/ports';

/** Crockford's alphabet: sorts like the bytes, has no letters that look like digits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;

/** Random bytes are fetched many at a time: asking for sixteen costs as much as for thousands. */
const pool = Buffer.alloc(4096);
let used = pool.length;

/** Each byte of the pool is given out once. The view is good until the next call. */
function randomBytes(count: number): Buffer {
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
}

/** Ids are ULIDs: 48 bits of milliseconds, then 80 random bits. Secrets have 192 random bits. */
export const systemRandom: Random = {
  id(prefix) {
    let time = Date.now();
    let text = '';
    for (let index = 0; index < TIME_CHARACTERS; index += 1) {
      text = ALPHABET.charAt(time % 32) + text;
      time = Math.floor(time / 32);
    }
    for (const byte of randomBytes(RANDOM_CHARACTERS)) text += ALPHABET.charAt(byte % 32);
    return `${prefix}_${text}`;
  },
  secret: () => randomBytes(24).toString('base64url'),
};
