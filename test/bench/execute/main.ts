import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { thisMachine } from '../format';
import { progress, runBench } from '../run';
import { benchExecute } from './execute-bench';
import { HELP, readOptions } from './options';
import { table } from './report';

runBench(async (dataDir) => {
  const { rounds, rows, json, help, ...options } = readOptions(process.argv.slice(2));
  if (help) {
    console.log(HELP);
    return;
  }
  const machine = thisMachine();
  const erpDir = mkdtempSync(join(options.erpDir ?? dataDir, 'execution-layer-erp-'));
  process.once('exit', () => rmSync(erpDir, { recursive: true, force: true }));
  const result = { machine, rows: await benchExecute({ dataDir, erpDir, rounds, rows, progress }) };
  console.log(json ? JSON.stringify(result, null, 2) : table(result));
});
