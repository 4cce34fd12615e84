import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** What somebody gets who installs the published service: its files, and every package below it. */
const ROOT = resolve(__dirname, '../..');

interface Locked {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  hasInstallScript?: boolean;
}
const { packages } = JSON.parse(readFileSync(resolve(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};

/** Every package that an installation brings, by its place in the lock file. */
function tree(): string[] {
  const found = new Set<string>();
  const walk = (place: string): void => {
    if (found.has(place)) return;
    found.add(place);
    const { dependencies, optionalDependencies } = packages[place] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const at = placeOf(place, name);
      if (at !== undefined) walk(at);
    }
  };
  walk('policy-service');
  return [...found];
}

/** As Node finds it: the nearest node_modules upwards. */
function placeOf(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.replace(/(^|\/)?node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const place = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[place]) return place;
    if (folder === '') return undefined;
    if (folder === 'policy-service') folder = '';
    if (packages[`node_modules/${name}`] && folder === '') return `node_modules/${name}`;
  }
}

const nameOf = (place: string): string => place.replace(/^.*node_modules\//, '');

test('only the native database module runs code when the service is installed', () => {
  const places = tree();
  expect(places.length).toBeGreaterThan(50);
  const scripts = places.filter((place) => packages[place]?.hasInstallScript).map(nameOf);
  expect(scripts).toEqual(['better-sqlite3']);
});

test('nothing in the tree reports installations or use to anybody', () => {
  const telemetry =
    /scarf|(?<!open)telemetry|analytics|posthog|segment|sentry|datadog|newrelic|mixpanel|amplitude/i;
  expect(
    tree()
      .map(nameOf)
      .filter((name) => telemetry.test(name)),
  ).toEqual([]);
});

test('the package itself has no script that runs at its installation', () => {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: resolve(ROOT, 'policy-service'),
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['package.json', 'bin/execution-layer.js', 'policies/shipped.yaml']),
  );
  const manifest = JSON.parse(
    readFileSync(resolve(ROOT, 'policy-service/package.json'), 'utf8'),
  ) as { scripts: Record<string, string> };
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) {
    expect(manifest.scripts).not.toHaveProperty(name);
  }
});
