import { join } from 'node:path';
import { openSqliteStore } from '../../../policy-service/src/storage/sqlite/store';
import { storeContract } from './store-contract';
import { tempDirs } from './temp-dir';

const tempDir = tempDirs();

storeContract('SQLite', (clock) => openSqliteStore({ file: join(tempDir(), 'store.db'), clock }));
