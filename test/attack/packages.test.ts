import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** What is published, and what runs at whoever installs it. */
const ROOT = resolve(__dirname, '../..');
const FOLDERS = [
  ['n8n-nodes-execution-layer', ROOT],
  ['execution-layer', resolve(ROOT, 'policy-service')],
] as const;

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(resolve(folder, 'package.json'), 'utf8')) as {
    name: string;
    scripts: Record<string, string>;
    dependencies?: Record<string, string>;
  };

describe.each(FOLDERS)('the package %s', (name, folder) => {
  const packed = (): { name: string; files: { path: string; mode: number }[] } => {
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const [made] = JSON.parse(execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }));
    return made;
  };

  test('holds what was built, its licence and words, and nothing of a workplace', () => {
    const made = packed();
    expect(made.name).toBe(name);
    const paths = made.files.map(({ path }) => path);
    expect(paths).toContain('package.json');
    for (const path of paths) {
      expect(path).not.toMatch(
        /(^|\/)(node_modules|data|coverage|\.git|\.ci|\.env[^/]*|\.npmrc|test|e2e)(\/|$)|\.(sqlite|db|log|pem|key|tgz|tsbuildinfo|heapsnapshot|cpuprofile)(-wal|-shm)?$|\.test\./,
      );
      expect(path).toMatch(
        /^(package\.json|README[^/]*|LICENSE[^/]*|(bin|dist|catalogue|policies|connectors|tests)\/.+)$/,
      );
    }
  });

  test('runs nothing at its installation', () => {
    const { scripts } = manifestOf(folder);
    for (const hook of ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish']) {
      expect(scripts).not.toHaveProperty(hook);
    }
  });
});

test('the nodes bring no other package along', () => {
  expect(manifestOf(ROOT).dependencies ?? {}).toEqual({});
});

test('every package of the lock file comes from the registry and is pinned by its hash', () => {
  const { packages } = JSON.parse(readFileSync(resolve(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<
      string,
      { resolved?: string; integrity?: string; link?: boolean; inBundle?: boolean }
    >;
  };
  for (const [place, one] of Object.entries(packages)) {
    if (!place.includes('node_modules/') || one.link || one.inBundle) continue;
    expect({ place, resolved: one.resolved ?? 'https://' }).toMatchObject({
      resolved: expect.stringMatching(/^https:\/\//),
    });
    expect({ place, pinned: /^sha512-|^sha1-/.test(one.integrity ?? '') }).toEqual({
      place,
      pinned: true,
    });
  }
});
