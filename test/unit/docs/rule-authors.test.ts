import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SourceFile } from '../../../policy-service/src/application/ports';
import { loadBundle, type LoadedBundle } from '../../../policy-service/src/bundle/load-bundle';
import { runPolicyCases } from '../../../policy-service/src/bundle/policy-cases';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import { SCHEMA_FOLDER, schemaFiles } from '../../../scripts/schemas/schema-files';

const ROOT = resolve(__dirname, '../../..');
const SHIPPED = join(ROOT, 'policy-service');
const EXAMPLES = join(ROOT, 'examples/rules');
const GUIDE = readFileSync(join(ROOT, 'docs/rule-authors.md'), 'utf8');

function exampleFiles(): SourceFile[] {
  return ['policies', 'tests'].flatMap((part) =>
    readdirSync(join(EXAMPLES, part)).map((name) => ({
      path: `${part}/${name}`,
      text: readFileSync(join(EXAMPLES, part, name), 'utf8'),
    })),
  );
}

/** The shipped bundle with the example rules laid over it, as the guide says to do it. */
function withExamples(): LoadedBundle {
  const examples = exampleFiles();
  const paths = examples.map(({ path }) => path);
  const rest = readBundleFolder(SHIPPED).filter(({ path }) => !paths.includes(path));
  return loadBundle([...rest, ...examples], 'shipped with examples');
}

/** Ids of everything that has a say in the decisions of a bundle. */
function ruleIds({ bundle }: LoadedBundle): string[] {
  const ids = bundle.actions.flatMap(({ id }) => {
    const policy = bundle.policy(id);
    const parts = policy ? [...policy.rules, ...policy.tiers, ...policy.limits] : [];
    return parts.map(({ rule }) => rule.id);
  });
  return [...new Set(ids)].sort();
}

const SHIPPED_BUNDLE = loadBundle(readBundleFolder(SHIPPED), 'shipped');

describe.each([
  ['the shipped bundle', SHIPPED_BUNDLE],
  ['the shipped bundle with the example rules', withExamples()],
])('%s', (_name, loaded) => {
  const report = runPolicyCases(loaded);

  test('passes its own test cases', () => {
    expect(report.results.filter(({ passed }) => !passed)).toEqual([]);
    expect(report.passed).toBe(loaded.cases.length);
  });

  test('shows every rule, tier, limit and duplicate both ways', () => {
    expect(report.uncovered).toEqual([]);
  });
});

test('the guide names each rule of the examples and of the shipped bundle, and no other', () => {
  const ids = ruleIds(withExamples());
  expect(ids.length).toBeGreaterThanOrEqual(ruleIds(SHIPPED_BUNDLE).length + 20);
  const table = GUIDE.slice(GUIDE.indexOf('## The rules, one by one'));
  const named = [...table.matchAll(/^\| `([a-z0-9_.-]+)`/gm)].map(([, id]) => id ?? '');
  expect(named.sort()).toEqual(ids);
});

test('the rules and cases that the guide shows are in the files', () => {
  const files = [...exampleFiles(), ...SHIPPED_BUNDLE.files].map(({ text }) => squeezed(text));
  const shown = [...GUIDE.matchAll(/```yaml\n# (policies|tests)\/[a-z]+\.yaml\n([\s\S]*?)```/g)];
  expect(shown.length).toBeGreaterThanOrEqual(4);
  for (const [, , block = ''] of shown) {
    expect(files.some((text) => text.includes(squeezed(block)))).toBe(true);
  }
});

/** YAML without what indentation and list position add, so that an excerpt can be found in a file. */
function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

test('the JSON Schemas for editors are up to date', () => {
  const made = schemaFiles();
  expect(readdirSync(SCHEMA_FOLDER).sort()).toEqual(made.map(({ name }) => name).sort());
  for (const { name, text } of made) {
    // Run `npm run schemas` after a change of a format.
    expect({ name, text: readFileSync(join(SCHEMA_FOLDER, name), 'utf8') }).toEqual({ name, text });
  }
});

test('every file of the examples and of the shipped rules tells editors its schema', () => {
  const files = [
    ...exampleFiles().map((file) => ({ ...file, folder: 'examples/rules' })),
    ...SHIPPED_BUNDLE.files.map((file) => ({ ...file, folder: 'policy-service' })),
  ];
  for (const { folder, path, text } of files) {
    const named = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? '';
    const schema = resolve(ROOT, folder, path, '..', named);
    expect({ path, schema }).toEqual({ path, schema: join(SCHEMA_FOLDER, schemaOf(path)) });
  }
});

function schemaOf(path: string): string {
  const name = { catalogue: 'action', policies: 'rules', connectors: 'connector', tests: 'tests' }[
    path.split('/')[0] ?? ''
  ];
  return `${name}.schema.json`;
}
