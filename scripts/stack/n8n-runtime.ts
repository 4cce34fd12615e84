import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPO_ROOT } from './paths';
import { ensureInstalled, npm, QUIET } from './pinned-install';
import { withProgress, type Progress } from './progress';

const PINS = join(REPO_ROOT, 'scripts', 'n8n-runtime');

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
  const { dependencies } = JSON.parse(readFileSync(join(PINS, 'package.json'), 'utf8')) as {
    dependencies: { n8n: string };
  };
  const version = dependencies.n8n;
  const dir = await ensureInstalled(
    { pins: PINS, name: `n8n-${version}`, install: (into) => install(into, version, progress) },
    progress,
  );
  const modules = join(dir, 'node_modules');
  return {
    version,
    node: join(modules, '.bin', 'node'),
    n8n: join(modules, 'n8n', 'bin', 'n8n'),
  };
}

async function install(dir: string, version: string, progress: Progress): Promise<void> {
  progress(`n8n ${version} is installed once into ${dir}: about four minutes and 2.2 GB.`);
  // `npm install`, not `npm ci`: the lock lacks optional packages of other platforms. Without
  // scripts: two optional native packages would only try to fetch prebuilt binaries.
  await withProgress(progress, `n8n ${version}, 1 of 3: packages`, () =>
    npm(dir, ['install', '--ignore-scripts', '--legacy-peer-deps', ...QUIET]),
  );
  await withProgress(progress, `n8n ${version}, 2 of 3: its Node`, () =>
    npm(dir, ['rebuild', 'node', '--ignore-scripts=false', ...QUIET]),
  );
  await withProgress(progress, `n8n ${version}, 3 of 3: SQLite`, () =>
    npm(dir, ['rebuild', 'sqlite3', '--ignore-scripts=false', ...QUIET]),
  );
}
