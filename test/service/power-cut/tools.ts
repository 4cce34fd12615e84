import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why processes cannot be traced here; containers often forbid it. */
export function straceProblem(): string | undefined {
  const { error, status } = spawnSync('strace', ['-o', '/dev/null', 'true']);
  if (error) return 'strace is not installed (Debian: apt-get install strace)';
  return status === 0 ? undefined : 'strace may not trace processes here';
}

/** Settings under which a process leaves behind what a power cut would. */
export interface PowerCut {
  /** Folder with the bytes that were forced to the disk, and no others. */
  left: string;
  settings: Record<string, string>;
}

/** Builds the library that keeps what was forced; the path of it, or why there is none. */
export function buildKeeper(): { library: string } | { problem: string } {
  const library = join(mkdtempSync(join(tmpdir(), 'execution-layer-keeper-')), 'keep-synced.so');
  const source = join(__dirname, 'keep-synced.c');
  const options = ['-shared', '-fPIC', '-O2', '-Wall', '-o', library, source, '-ldl'];
  const { error, status, stderr } = spawnSync('gcc', options, { encoding: 'utf8' });
  if (error) return { problem: 'gcc is not installed (Debian: apt-get install gcc)' };
  return status === 0 ? { library } : { problem: `gcc cannot build it here: ${stderr}` };
}

/** @param dataDir as it is now, it counts as forced: no process has it open */
export function powerCut(library: string, dataDir: string): PowerCut {
  const left = mkdtempSync(join(tmpdir(), 'execution-layer-left-'));
  mkdirSync(dataDir, { recursive: true });
  cpSync(dataDir, left, { recursive: true });
  return {
    left,
    settings: { LD_PRELOAD: library, POWER_CUT_FROM: dataDir, POWER_CUT_TO: left },
  };
}
