import { join } from 'node:path';
import { openSqliteStore } from '../../../policy-service/src/storage/sqlite/store';
import { storeContract } from './store-contract';
import { tempDirs } from './temp-dir';

const tempDir = tempDirs();

describe.each([
  ['SQLite', false],
  ['SQLite with a thread that writes', true],
])('', (name, writeThread) => {
  storeContract(name, (clock) =>
    openSqliteStore({ file: join(tempDir(), 'store.db'), clock, writeThread }),
  );
});
