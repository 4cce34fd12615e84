import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inheritedEnvironment } from './environment';
import { withInstallLock } from './install-lock';
import { cacheDir, REPO_ROOT } from './paths';
import { withProgress, type Progress } from './progress';

const PINNED = join(REPO_ROOT, 'scripts', 'n8n-runtime');
const FILES = ['package.json', 'package-lock.json'];

/** The two files that start n8n: its own Node and its program. */
export interface N8nRuntime {
  version: string;
  node: string;
  n8n: string;
}

/**
 * The pinned n8n with a Node of its own (n8n needs a newer one than this project), installed
 * once into the cache folder and reused while the pins stay the same.
 * @throws Error with npm's own words when the installation fails
 */
export async function ensureN8n(progress: Progress): Promise<N8nRuntime> {
  const pins = FILES.map((file) => readFileSync(join(PINNED, file)));
  const { dependencies } = JSON.parse(String(pins[0])) as { dependencies: { n8n: string } };
  const version = dependencies.n8n;
  const wanted = createHash('sha256').update(Buffer.concat(pins)).digest('hex').slice(0, 16);
  const dir = join(cacheDir(), `n8n-${version}`);
  const modules = join(dir, 'node_modules');
  const runtime = {
    version,
    node: join(modules, '.bin', 'node'),
    n8n: join(modules, 'n8n', 'bin', 'n8n'),
  };
  if (readyStamp(dir) === wanted) return runtime;

  mkdirSync(cacheDir(), { recursive: true });
  await withInstallLock(`${dir}.lock`, progress, async () => {
    if (readyStamp(dir) === wanted) return;
    progress(`n8n ${version} is installed once into ${dir}: about four minutes and 2.2 GB.`);
    await install(dir, version, progress);
    writeFileSync(join(dir, '.ready'), `${wanted}\n`);
  });
  return runtime;
}

function readyStamp(dir: string): string | undefined {
  try {
    return readFileSync(join(dir, '.ready'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

async function install(dir: string, version: string, progress: Progress): Promise<void> {
  mkdirSync(dir, { recursive: true });
  rmSync(join(dir, '.ready'), { force: true });
  for (const file of FILES) copyFileSync(join(PINNED, file), join(dir, file));
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  // `npm install`, not `npm ci`: the lock lacks optional packages of other platforms. Without
  // scripts: two optional native packages would only try to fetch prebuilt binaries.
  await withProgress(progress, `n8n ${version}, 1 of 3: packages`, () =>
    npm(dir, ['install', '--ignore-scripts', '--legacy-peer-deps', ...quiet]),
  );
  await withProgress(progress, `n8n ${version}, 2 of 3: its Node`, () =>
    npm(dir, ['rebuild', 'node', '--ignore-scripts=false', ...quiet]),
  );
  await withProgress(progress, `n8n ${version}, 3 of 3: SQLite`, () =>
    npm(dir, ['rebuild', 'sqlite3', '--ignore-scripts=false', ...quiet]),
  );
}

function npm(dir: string, args: string[]): Promise<void> {
  // Settings of the `npm run` that started us belong to this project, not to n8n.
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
