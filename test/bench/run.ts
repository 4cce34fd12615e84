import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAllChildren } from '../../scripts/stack/child';
import type { Progress } from '../../scripts/stack/progress';

/** Progress goes to standard error: standard output holds the result alone. */
export const progress: Progress = (line) => console.error(line);

/**
 * Runs a benchmark as the whole of this process, in a data folder of its own. However it ends,
 * no process and no file stays behind.
 */
export function runBench(bench: (dataDir: string) => Promise<void>): void {
  const dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-bench-'));
  process.once('exit', () => {
    killAllChildren();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  bench(dataDir).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exit(1);
    },
  );
}
