import { writeSync } from 'node:fs';
import { StorageUnavailable } from '../../../../policy-service/src/application/ports';
import { openSqliteStore } from '../../../../policy-service/src/storage/sqlite/store';
import { anEvent, aRequest } from '../documents';

const BATCH = 8;

/**
 * fill-disk.ts <file>: commits requests with an entry each until the disk takes no more, then
 * prints what was acknowledged and how the last batch ended.
 */
async function main(): Promise<void> {
  const [file = ''] = process.argv.slice(2);
  const store = await openSqliteStore({ file });
  const acknowledged: string[] = [];
  for (let batch = 0; batch < 10_000; batch++) {
    const ids = Array.from({ length: BATCH }, (_, i) => `req_${batch}_${i}`);
    const outcomes = await Promise.allSettled(
      ids.map((id) =>
        store.commit({
          requests: [{ expectedVersion: 0, next: aRequest(id, { requestText: 'x'.repeat(2000) }) }],
          audit: [anEvent(batch, { requestId: id })],
        }),
      ),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    if (refused.length === 0) {
      acknowledged.push(...ids);
      continue;
    }
    const report = {
      acknowledged,
      refused: refused.length,
      unavailable: refused.every(({ reason }) => reason instanceof StorageUnavailable),
      message: String(refused[0]?.reason),
      refusedIds: ids,
      // The process goes on reading, and sees nothing of the batch that failed.
      found: (await Promise.all(ids.map((id) => store.request(id)))).filter(Boolean).length,
      size: (await store.log.head()).size,
    };
    writeSync(1, `${JSON.stringify(report)}\n`);
    return;
  }
}

void main();
