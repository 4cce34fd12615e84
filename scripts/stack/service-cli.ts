import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { inheritedEnvironment } from './environment';
import { REPO_ROOT } from './paths';

/** The policy service's command line. */
export const SERVICE_BIN = join(REPO_ROOT, 'policy-service', 'bin', 'execution-layer.js');

/** Environment of the policy service: the caller's own settings and API key do not reach it, so a run is the same everywhere. */
export function serviceEnvironment(settings: Record<string, string>): NodeJS.ProcessEnv {
  return { ...inheritedEnvironment(/^(EXECUTION_LAYER|ANTHROPIC)_/i), ...settings };
}

/**
 * Runs one command to its end.
 * @returns what it printed on standard output, without the last newline
 * @throws Error with what it printed on standard error when it fails
 */
export function runCli(
  args: string[],
  settings: Record<string, string>,
  standardInput = '',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SERVICE_BIN, ...args], {
      env: serviceEnvironment(settings),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(out.trimEnd());
      else
        reject(new Error(`execution-layer ${args.slice(0, 2).join(' ')} failed:\n${err || out}`));
    });
    child.stdin.end(standardInput);
  });
}
