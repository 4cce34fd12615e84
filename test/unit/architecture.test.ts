import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

const SRC = resolve(__dirname, '../../policy-service/src');

/** Folder -> folders of src that it may import from. Arrows point inward. */
const MAY_IMPORT: Record<string, string[]> = {
  domain: ['domain'],
  audit: ['audit', 'domain'],
  application: ['application', 'domain', 'audit'],
  validation: ['validation', 'domain'],
  threads: ['threads'],
  storage: ['storage', 'threads', 'application', 'domain', 'audit'],
  extraction: ['extraction', 'threads', 'application', 'domain', 'validation'],
  erp: ['erp', 'application', 'domain', 'validation'],
  system: ['system', 'application', 'domain'],
  bundle: ['bundle', 'threads', 'application', 'domain', 'validation', 'erp', 'extraction'],
  web: ['web', 'application', 'domain', 'audit'],
  http: ['http', 'web', 'application', 'domain', 'audit', 'validation'],
  'openapi-import': ['openapi-import', 'bundle', 'erp', 'application', 'domain', 'validation'],
  'mock-erp': ['mock-erp'],
};

/** The domain and the audit log see no framework, no database, no clock and no randomness. */
const PURE_PACKAGES = ['node:crypto', 'canonicalize', '@marcbachmann/cel-js'];

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import|require\()\s*'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
}

describe('arrows point inward', () => {
  test.each(Object.entries(MAY_IMPORT))('%s', (folder, allowed) => {
    const files = sourceFiles(join(SRC, folder));
    expect(files.length).toBeGreaterThan(0);
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => relative(SRC, resolve(file, '..', name)).split(sep)[0] ?? '')
        .filter((target) => !allowed.includes(target))
        .map((target) => `${relative(SRC, file)} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('the domain and the audit log stay pure', () => {
    const wrong = ['domain', 'audit'].flatMap((folder) =>
      sourceFiles(join(SRC, folder)).flatMap((file) => {
        const text = readFileSync(file, 'utf8');
        const packages = importsOf(file).filter(
          (name) => !name.startsWith('.') && !PURE_PACKAGES.includes(name),
        );
        const impure =
          text.match(/Date\.now\(|new Date\(\)|Math\.random\(|randomBytes|process\.env/g) ?? [];
        return [...packages, ...impure].map((found) => `${relative(SRC, file)}: ${found}`);
      }),
    );
    expect(wrong).toEqual([]);
  });
});
