import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inheritedEnvironment } from './environment';
import { withInstallLock } from './install-lock';
import { cacheDir } from './paths';
import type { Progress } from './progress';

const FILES = ['package.json', 'package-lock.json'];

/** Packages that are never ours: pinned in a folder of the repository, installed into the cache. */
export interface PinnedPackages {
  /** Folder with the package.json and package-lock.json that pin them. */
  pins: string;
  /** Name of the folder in the cache. */
  name: string;
  /** Fills the folder, which holds the pins already. */
  install(dir: string): Promise<void>;
}

/**
 * Installs once, and again only when the pins have changed. Processes that ask at the same time
 * wait for the first.
 * @returns the folder that holds node_modules
 * @throws Error with npm's own words when the installation fails
 */
export async function ensureInstalled(
  packages: PinnedPackages,
  progress: Progress,
): Promise<string> {
  const content = FILES.map((file) => readFileSync(join(packages.pins, file)));
  const wanted = createHash('sha256').update(Buffer.concat(content)).digest('hex').slice(0, 16);
  const dir = join(cacheDir(), packages.name);
  if (readyStamp(dir) === wanted) return dir;

  mkdirSync(cacheDir(), { recursive: true });
  await withInstallLock(`${dir}.lock`, progress, async () => {
    if (readyStamp(dir) === wanted) return;
    mkdirSync(dir, { recursive: true });
    rmSync(join(dir, '.ready'), { force: true });
    for (const file of FILES) copyFileSync(join(packages.pins, file), join(dir, file));
    await packages.install(dir);
    writeFileSync(join(dir, '.ready'), `${wanted}\n`);
  });
  return dir;
}

/** Options that keep npm's output to what went wrong. */
export const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

/** @throws Error with the end of what npm said */
export function npm(dir: string, args: string[]): Promise<void> {
  // Settings of the `npm run` that started us belong to this project, not to what is installed.
  const env = inheritedEnvironment(/^$/);
  env['PATH'] = [join(dir, 'node_modules', '.bin'), env['PATH']].join(delimiter);
  const windows = process.platform === 'win32';
  return new Promise((resolve, reject) => {
    const child = spawn(windows ? 'npm.cmd' : 'npm', args, {
      cwd: dir,
      env,
      shell: windows,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${args[0]} failed in ${dir}:\n${said.slice(-2_000)}`));
    });
  });
}

function readyStamp(dir: string): string | undefined {
  try {
    return readFileSync(join(dir, '.ready'), 'utf8').trim();
  } catch {
    return undefined;
  }
}
