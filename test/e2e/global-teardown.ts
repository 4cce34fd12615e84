import { rmSync } from 'node:fs';
import { stopStack } from '../../scripts/stack/stack';
import { readStack } from './harness/stack-file';

/** Ends the stack and removes its data. */
export default async function globalTeardown(): Promise<void> {
  const stack = readStack();
  await stopStack(stack);
  rmSync(stack.dataDir, { recursive: true, force: true, maxRetries: 5 });
}
