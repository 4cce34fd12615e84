import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAllChildren } from '../../scripts/stack/child';
import { benchN8n } from './n8n-bench';
import { HELP, readOptions } from './options';
import { table, type BenchResult } from './report';
import { benchService } from './service-bench';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-bench-'));
  process.once('exit', () => {
    killAllChildren();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  const progress = (line: string): void => console.error(line);

  const result: BenchResult = {
    machine: {
      processors: cpus().length,
      model: cpus()[0]?.model ?? 'unknown',
      node: process.version,
      loadBefore: loadavg()[0] ?? 0,
    },
  };
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
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
