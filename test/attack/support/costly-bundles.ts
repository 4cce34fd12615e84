import { resolve } from 'node:path';
import type { SourceFile } from '../../../policy-service/src/application/ports';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';

const SHIPPED = readBundleFolder(resolve(__dirname, '../../../policy-service'));
const READ = SHIPPED.find(({ path }) => path === 'catalogue/vendor.read.yaml') as SourceFile;

/** Files that are laid over the shipped bundle and take long, each kind in its own way. */
export const COSTLY: Record<string, SourceFile[]> = {
  'rules of every action for many actions': [
    ...times(100, (n) => anotherAction(n)),
    rules(3_500, () => 'arguments.amount == "1"'),
  ],
  'thousands of rules': [rules(6_000, (n) => `source == "s${n}" && confidence < 0.${n}`)],
  'long conditions': [rules(400, () => times(100, (n) => `source == "s${n}"`).join(' || '))],
  'nested conditions': [rules(300, () => `${'('.repeat(900)}true${')'.repeat(900)}`)],
  'thousands of test cases': times(5, (file) => ({
    path: `tests/many-${file}.yaml`,
    text: `cases:\n${times(
      1_000,
      (n) =>
        `  - name: case ${file}-${n}\n    request: { action: vendor.read, arguments: { vendor_id: V-1001 }, requestedBy: ana@example.com }\n    facts: {}\n    expect: { effect: block }\n`,
    ).join('')}`,
  })),
  'large lists of values': times(20, (n) =>
    withSchema(n, `enum: [${times(3_000, (value) => `v${value}`).join(', ')}]`),
  ),
  'nested schemas': [
    withSchema(0, nested('allOf: [', '{ type: string }', ']', 80)),
    withSchema(1, `allOf: [${times(10_000, () => '{ type: string }').join(', ')}]`),
  ],
  'references that multiply': [
    withSchema(
      0,
      "$ref: '#/$defs/d30'",
      `  $defs:\n    d0: { type: string }\n${times(30, (n) => `    d${n + 1}: { allOf: [{ $ref: '#/$defs/d${n}' }, { $ref: '#/$defs/d${n}' }] }\n`).join('')}`,
    ),
  ],
  'aliases that multiply': [
    {
      path: 'policies/laughs.yaml',
      text: `a0: &a0 [x, x]\n${times(60, (n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}, *a${n}]\n`).join('')}`,
    },
  ],
  'names that are nearly right': [
    rules(400, (n) => `${'arguments.'.padEnd(1_900, 'vendor')}${n} == "1"`),
  ],
};

function times<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

function anotherAction(n: number): SourceFile {
  return {
    path: `catalogue/vendor.read-${n}.yaml`,
    text: READ.text.replace(/^id: .*$/m, `id: vendor.read-${n}`),
  };
}

function rules(count: number, when: (n: number) => string): SourceFile {
  const list = times(
    count,
    (n) =>
      `  - id: costly-${n}\n    actions: ['*']\n    when: '${when(n)}'\n    effect: block\n    message: No.\n`,
  );
  return { path: 'policies/costly.yaml', text: `rules:\n${list.join('')}` };
}

/** Another action whose one argument has this schema. */
function withSchema(n: number, schema: string, definitions = ''): SourceFile {
  const { path, text } = anotherAction(n);
  return {
    path,
    text: text
      .replace('  properties:\n', `${definitions}  properties:\n    more: { ${schema} }\n`)
      .replace(
        '  arguments:\n',
        '  arguments:\n    more: { kind: text, labels: [more], introducers: [more] }\n',
      ),
  };
}

function nested(open: string, inner: string, close: string, depth: number): string {
  return `${times(depth, (n) => (n === 0 ? open : `{ ${open}`)).join('')}${inner}${times(depth, (n) => (n === 0 ? close : ` }${close}`)).join('')}`;
}
