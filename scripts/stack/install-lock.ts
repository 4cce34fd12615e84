import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { isRunning, pause } from './child';
import type { Progress } from './progress';

/**
 * Runs `work` while holding the lock file, waiting for another process that holds it. A lock
 * whose owner no longer runs is taken over.
 */
export async function withInstallLock<T>(
  lockFile: string,
  progress: Progress,
  work: () => Promise<T>,
): Promise<T> {
  let told = false;
  while (!tryLock(lockFile)) {
    const owner = ownerOf(lockFile);
    if (owner !== undefined && !isRunning(owner)) {
      rmSync(lockFile, { force: true });
      continue;
    }
    if (!told)
      progress(`Another process (${owner ?? 'unknown'}) installs the same; waiting for it ...`);
    told = true;
    await pause(1_000);
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function tryLock(lockFile: string): boolean {
  try {
    const file = openSync(lockFile, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The holder's process id; undefined while it is just being written or was just removed. */
function ownerOf(lockFile: string): number | undefined {
  try {
    const pid = Number(readFileSync(lockFile, 'utf8'));
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
