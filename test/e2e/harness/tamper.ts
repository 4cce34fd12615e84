import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { GovernedRequest } from '../../../policy-service/src/domain/request/request';
import { runningStack } from './stack';

/** The data directory of the running service. */
export function serviceDataDir(): string {
  return join(runningStack().dataDir, 'service');
}

/**
 * Reads, and may change, a stored request behind the running service's back, as somebody with the
 * file would.
 */
export async function tamperWithRequest<T>(
  id: string,
  work: (request: GovernedRequest) => T,
): Promise<T> {
  const db = new Database(join(serviceDataDir(), 'execution-layer.sqlite'));
  try {
    const row = db.prepare('SELECT doc FROM requests WHERE id = ?').get(id) as { doc: string };
    const request = JSON.parse(row.doc) as GovernedRequest;
    const result = work(request);
    db.prepare('UPDATE requests SET doc = ? WHERE id = ?').run(JSON.stringify(request), id);
    return result;
  } finally {
    db.close();
  }
}
