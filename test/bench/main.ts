import { join } from 'node:path';
import { thisMachine } from './format';
import { benchN8n } from './n8n-bench';
import { HELP, readOptions } from './options';
import { table, type BenchResult } from './report';
import { progress, runBench } from './run';
import { benchService } from './service-bench';

runBench(async (dataDir) => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return;
  }
  const result: BenchResult = { machine: thisMachine() };
  const { rounds, seconds } = options;
  if (options.parts.includes('service')) {
    result.service = await benchService({
      dataDir: join(dataDir, 'decisions'),
      rounds,
      seconds,
      progress,
    });
  }
  if (options.parts.includes('n8n')) {
    result.n8n = await benchN8n({ dataDir: join(dataDir, 'pipeline'), rounds, progress });
  }
  console.log(options.json ? JSON.stringify(result, null, 2) : table(result));
});
