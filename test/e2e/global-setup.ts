import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAllChildren } from '../../scripts/stack/child';
import { freePort } from '../../scripts/stack/ports';
import { startStack } from '../../scripts/stack/stack';
import { writeStack } from './harness/stack-file';

/** Starts one stack for all end-to-end tests, on ports of its own. */
export default async function globalSetup(): Promise<void> {
  // An interrupted run must not leave processes behind.
  process.once('exit', killAllChildren);
  const dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-e2e-'));
  const stack = await startStack({
    ports: { service: await freePort(), erp: await freePort(), n8n: await freePort() },
    dataDir,
    progress: (line) => process.stderr.write(`  ${line}\n`),
  });
  writeStack(join(dataDir, 'stack.json'), stack);
}
