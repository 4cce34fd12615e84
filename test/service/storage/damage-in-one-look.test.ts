import { join } from 'node:path';
import { BatchCommitter } from '../../../policy-service/src/storage/sqlite/batch';
import { openDatabase } from '../../../policy-service/src/storage/sqlite/connection';
import { prepare } from '../../../policy-service/src/storage/sqlite/prepare';
import { tablesOf } from '../../../policy-service/src/storage/sqlite/tables';
import { anEvent, at } from './documents';
import { tempDirs } from './temp-dir';

const tempDir = tempDirs();

test('an entry that is appended between two looks at the log is no damage', async () => {
  const file = join(tempDir(), 'store.db');
  const [reading, writing] = [await openDatabase(file, 1000), await openDatabase(file, 1000)];
  const committer = new BatchCommitter(writing, tablesOf(writing));
  const append = () => committer.run({ changes: [prepare({ audit: [anEvent(1)] })], now: at(0) });
  append();
  const { log } = tablesOf(reading);
  // Another process commits just when the head was read and the entries were not.
  const { selectHead } = log as unknown as { selectHead: { get(): unknown } };
  const get = selectHead.get.bind(selectHead);
  let appended = 0;
  selectHead.get = () => {
    const row = get();
    append();
    appended += 1;
    return row;
  };
  expect(await log.damage()).toBeUndefined();
  expect((await log.state()).problems).toEqual([]);
  expect(appended).toBe(2);
  reading.close();
  writing.close();
});
