import { readFileSync, writeFileSync } from 'node:fs';
import { N8nClient } from '../../../scripts/stack/n8n-client';
import type { Stack } from '../../../scripts/stack/stack';

/** Environment variable that tells the test processes where the running stack is described. */
const POINTER = 'EXECUTION_LAYER_E2E_STACK';

/** Describes the running stack for the test processes. */
export function writeStack(file: string, stack: Stack): void {
  writeFileSync(file, JSON.stringify(stack), { mode: 0o600 });
  process.env[POINTER] = file;
}

/** The stack that global-setup.ts started. @throws Error when there is none */
export function readStack(): Stack {
  const stack = JSON.parse(readFileSync(stackFile(), 'utf8')) as Stack;
  const { url, cookie } = stack.n8n.client;
  return { ...stack, n8n: { ...stack.n8n, client: new N8nClient(url, cookie) } };
}

/** Tells the other processes about a changed stack. */
export function updateStack(stack: Stack): void {
  writeStack(stackFile(), stack);
}

function stackFile(): string {
  const file = process.env[POINTER];
  if (!file)
    throw new Error('No stack is running: start these tests with jest --selectProjects e2e.');
  return file;
}
