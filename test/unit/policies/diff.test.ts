import fc from 'fast-check';
import { diffBundles } from '../../../policy-service/src/application/policies/diff-bundles';
import { lineDiff } from '../../../policy-service/src/application/policies/line-diff';
import { createBundleReader } from '../../../policy-service/src/bundle/bundle-reader';

const reader = createBundleReader(() => []);
const rules = (text: string) => [{ path: 'policies/a.yaml', text }];

/** Applies a diff as `patch` would; an independent reading of the same format. */
function patched(before: string[], diff: string[]): string[] {
  const after: string[] = [];
  let next = 0;
  for (const line of diff) {
    const header = /^@@ -(\d+) \+(\d+) @@$/.exec(line);
    if (header) {
      while (next < Number(header[1]) - 1) after.push(before[next++] ?? 'too far');
      expect(after).toHaveLength(Number(header[2]) - 1);
      continue;
    }
    const text = line.slice(1);
    if (line.startsWith('+')) after.push(text);
    else {
      expect(before[next]).toBe(text);
      next += 1;
      if (line.startsWith(' ')) after.push(text);
    }
  }
  return [...after, ...before.slice(next)];
}

/** Length of the longest common subsequence, the slow and plain way. */
function common(a: string[], b: string[]): number {
  const table = [new Array<number>(b.length + 1).fill(0)];
  for (const line of a) {
    const above = table.at(-1) ?? [];
    const row = [0];
    b.forEach((other, j) =>
      row.push(line === other ? (above[j] ?? 0) + 1 : Math.max(above[j + 1] ?? 0, row[j] ?? 0)),
    );
    table.push(row);
  }
  return table.at(-1)?.at(-1) ?? 0;
}

const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 40 });
const textOf = (list: string[]): string => list.map((line) => `${line}\n`).join('');

test('a line diff turns one text into the other, with the fewest changed lines', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = lineDiff(textOf(before), textOf(after));
      expect(patched(before, diff)).toEqual(after);
      const changed = diff.filter((line) => /^[+-]/.test(line)).length;
      expect(changed).toBe(before.length + after.length - 2 * common(before, after));
    }),
    { numRuns: 500 },
  );
});

test('texts that have nothing in common are replaced whole, in time', () => {
  const side = (name: string): string[] => Array.from({ length: 3_000 }, (_, n) => `${name} ${n}`);
  const diff = lineDiff(textOf(side('old')), textOf(side('new')));
  expect(patched(side('old'), diff)).toEqual(side('new'));
});

test('equal bundles do not differ; a comment differs in lines alone', () => {
  const text = 'rules:\n  - { id: one, when: "true" }\n';
  expect(diffBundles(reader, rules(text), rules(text))).toEqual({ parts: [], files: [] });
  const commented = diffBundles(reader, rules(text), rules(`# why\n${text}`));
  expect(commented.parts).toEqual([]);
  expect(commented.files).toMatchObject([{ path: 'policies/a.yaml', change: 'changed' }]);
});

test('each part is compared field by field, wherever its file is', () => {
  const before = rules(`
rules:
  - { id: kept, when: a, approval: { stages: [{ role: x, count: 1 }] } }
  - { id: gone, when: b }
tiers:
  - { id: sizes, amounts: [{ currencies: [EUR], tiers: [{ upTo: '10', approval: none }] }] }
limits:
  - { id: cap, max: '10', key: [one, two] }
`);
  const after = [
    {
      path: 'policies/b.yaml',
      text: `
rules:
  - { id: kept, when: a, approval: { stages: [{ role: x, count: 2 }, { role: y, count: 1 }] } }
  - { id: new, when: c }
tiers:
  - { id: sizes, amounts: [{ currencies: [EUR], tiers: [{ upTo: '20', approval: none }] }] }
limits:
  - { id: cap, max: '10', key: [one] }
duplicates:
  - { id: twice }
`,
    },
  ];
  expect(diffBundles(reader, before, after).parts).toEqual([
    {
      kind: 'rule',
      id: 'kept',
      change: 'changed',
      fields: [
        { path: 'approval.stages[0].count', from: 1, to: 2 },
        { path: 'approval.stages[1].role', to: 'y' },
        { path: 'approval.stages[1].count', to: 1 },
      ],
    },
    {
      kind: 'rule',
      id: 'gone',
      change: 'removed',
      fields: [
        { path: 'id', from: 'gone' },
        { path: 'when', from: 'b' },
      ],
    },
    {
      kind: 'rule',
      id: 'new',
      change: 'added',
      fields: [
        { path: 'id', to: 'new' },
        { path: 'when', to: 'c' },
      ],
    },
    {
      kind: 'tiers',
      id: 'sizes',
      change: 'changed',
      fields: [{ path: 'amounts[0].tiers[0].upTo', from: '10', to: '20' }],
    },
    {
      kind: 'limit',
      id: 'cap',
      change: 'changed',
      fields: [{ path: 'key', from: ['one', 'two'], to: ['one'] }],
    },
    { kind: 'duplicates', id: 'twice', change: 'added', fields: [{ path: 'id', to: 'twice' }] },
  ]);
});
