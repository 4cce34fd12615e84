import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ensureInstalled, npm, QUIET } from '../../../scripts/stack/pinned-install';
import { withProgress, type Progress } from '../../../scripts/stack/progress';

/** What our decisions are measured by. Installed into the cache: never a dependency of ours. */
export interface Peers {
  cedar: unknown;
  jsonRules: unknown;
  /** Path of the Cerbos server's program; undefined where none is published for this platform. */
  cerbos: string | undefined;
}

/** @throws Error with npm's own words when they cannot be installed */
export async function ensurePeers(progress: Progress): Promise<Peers> {
  const dir = await ensureInstalled(
    {
      pins: join(__dirname, '..', 'peers'),
      name: 'bench-peers',
      // `npm install`, not `npm ci`: the lock lacks the Cerbos program of other platforms.
      install: (into) =>
        withProgress(progress, `Installing the peers once into ${into} (105 MB)`, () =>
          npm(into, ['install', '--ignore-scripts', ...QUIET]),
        ),
    },
    progress,
  );
  const load = createRequire(join(dir, 'package.json'));
  return {
    cedar: load('@cedar-policy/cedar-wasm/nodejs'),
    jsonRules: load('json-rules-engine'),
    cerbos: cerbosProgram(load),
  };
}

function cerbosProgram(load: NodeJS.Require): string | undefined {
  const name = `cerbos-${process.platform}-${process.arch}`;
  try {
    return load.resolve(`@cerbos/${name}/${name}`);
  } catch {
    return undefined;
  }
}
