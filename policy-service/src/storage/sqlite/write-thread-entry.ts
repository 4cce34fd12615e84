import { parentPort, workerData } from 'node:worker_threads';
import { BatchCommitter, type Batch, type Outcome } from './batch';
import { openDatabase } from './connection';
import { isSqliteError } from './failure';
import { tablesOf } from './tables';
import type { WriteThreadAnswer, WriteThreadData } from './write-thread';

/** The thread behind startWriteThread: one batch a message, answered once it is durable. */
async function main(): Promise<void> {
  const answer = (said: WriteThreadAnswer): void => parentPort?.postMessage(said);
  const { file, busyTimeoutMs } = workerData as WriteThreadData;
  const db = await openDatabase(file, busyTimeoutMs);
  const committer = new BatchCommitter(db, tablesOf(db));
  parentPort?.on('message', (batch: Batch | 'close') => {
    if (batch === 'close') {
      db.close();
      parentPort?.close();
      return;
    }
    try {
      answer({ outcomes: committer.run(batch).map(portableOutcome) });
    } catch (error) {
      answer({ refused: portable(error) });
    }
  });
  answer('ready');
}

function portableOutcome(outcome: Outcome): Outcome {
  return 'error' in outcome ? { error: portable(outcome.error) } : outcome;
}

/** Between threads an error keeps its message alone; SQLite's code tells the failures apart. */
function portable(error: unknown): unknown {
  return isSqliteError(error) ? { code: error.code, message: error.message } : error;
}

void main();
