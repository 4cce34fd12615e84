import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { ErpDatabase } from './database';
import { ErpRefusal } from './refusal';

/** What a write answers. */
export interface ErpAnswer {
  status: number;
  body: unknown;
}

/** How long the answer to a key is remembered unless told otherwise: seven days. */
export const KEY_RETENTION_MS = 7 * 24 * 60 * 60 * 1000;

interface StoredKey {
  fingerprint: string;
  status: number;
  body: string;
}

/** SHA-256 of what is asked: the method, the path and the canonical body. */
export function fingerprintOf(method: string, path: string, body: unknown): string {
  const text = canonicalize([method, path, body ?? null]) ?? '';
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Runs a write at most once for a key. The documents and the key's row commit in one transaction,
 * so a crash leaves both or neither. A refusal is not remembered: it booked nothing.
 * @throws ErpRefusal by `run`, or `idempotency_key_reused` for another payload under a known key
 */
export function runOnce(
  db: ErpDatabase,
  key: string | undefined,
  fingerprint: string,
  now: Date,
  retentionMs: number,
  run: () => ErpAnswer,
): ErpAnswer & { replayed: boolean } {
  return db
    .transaction(() => {
      if (key === undefined) return { ...run(), replayed: false };
      db.prepare('DELETE FROM idempotency_keys WHERE created_at <= ?').run(
        new Date(now.getTime() - retentionMs).toISOString(),
      );
      const stored = db
        .prepare<[string], StoredKey>(
          'SELECT fingerprint, status, body FROM idempotency_keys WHERE key = ?',
        )
        .get(key);
      if (stored) {
        if (stored.fingerprint !== fingerprint) {
          throw new ErpRefusal(
            'idempotency_key_reused',
            'This Idempotency-Key was used with another payload. Use a new key for a new write.',
          );
        }
        return { status: stored.status, body: JSON.parse(stored.body) as unknown, replayed: true };
      }
      const answer = run();
      db.prepare('INSERT INTO idempotency_keys VALUES (?, ?, ?, ?, ?)').run(
        key,
        fingerprint,
        answer.status,
        JSON.stringify(answer.body),
        now.toISOString(),
      );
      return { ...answer, replayed: false };
    })
    .immediate();
}
