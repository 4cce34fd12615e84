import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../../../policy-service/src/storage/sqlite/store';
import { anEvent } from '../documents';

/**
 * appender.ts <file> <writer> <count>: appends entries, 16 at a time, and prints
 * `<n> <sequence> <leaf hash>` for each one that the store acknowledged.
 */
async function main(): Promise<void> {
  const [file = '', writer = '', count = ''] = process.argv.slice(2);
  const store = await openSqliteStore({ file, busyTimeoutMs: 60_000 });
  for (let from = 0; from < Number(count); from += 16) {
    await Promise.all(
      Array.from({ length: 16 }, async (_, i) => {
        const n = from + i;
        const result = await store.commit({ audit: [anEvent(n, { requestId: writer })] });
        if (!result.ok) throw new Error(`Entry ${n} met a conflict.`);
        for (const { sequence, leafHash } of result.entries) {
          // At once, past every buffer: what was printed was acknowledged, also after a kill.
          writeSync(1, `${n} ${sequence} ${leafHash}\n`);
        }
      }),
    );
  }
  await store.close();
}

void main();
