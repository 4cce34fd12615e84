import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Root of the repository. */
export const REPO_ROOT = resolve(__dirname, '..', '..');

/** Where downloads are kept between runs: EXECUTION_LAYER_CACHE, else ~/.cache/execution-layer. */
export function cacheDir(): string {
  return process.env['EXECUTION_LAYER_CACHE'] ?? join(homedir(), '.cache', 'execution-layer');
}
