import { parseYamlFile, type BundleProblem } from '../../../policy-service/src/bundle/yaml-file';

function parsed(text: string) {
  const problems: BundleProblem[] = [];
  const files = parseYamlFile({ path: 'rules.yaml', text }, problems);
  return { value: files[0]?.value, problems };
}

/** Processor time, which others on the machine do not lengthen. */
function cost(text: string): number {
  const begun = process.cpuUsage();
  parsed(text);
  const { user, system } = process.cpuUsage(begun);
  return user + system;
}

const map = (keys: number) => `{${Array.from({ length: keys }, (_, i) => `k${i}`).join(',')}}`;

test.each(['a: 1\nb: 2\na: 3\n', '{b: 1, a: 1,\n c: 1,\n "a": 3}', 'x:\n  1: a\n  0x1: b\n'])(
  'a repeated key is named with its line: %j',
  (text) => {
    expect(parsed(text)).toEqual({
      value: undefined,
      problems: [{ where: 'rules.yaml:3', message: 'Map keys must be unique' }],
    });
  },
);

test('the same key in two maps is none', () => {
  expect(parsed('- {a: 1}\n- {a: 2}\n')).toEqual({ value: [{ a: 1 }, { a: 2 }], problems: [] });
});

test('a map of many keys costs what its length says', () => {
  cost(map(4000));
  const share = cost(map(32_000)) / cost(map(4000));
  expect(share).toBeLessThan(30);
});

test.each(['['.repeat(50_000), '{a: '.repeat(15_000), '[{'.repeat(300) + '}]'.repeat(300)])(
  'brackets in brackets are not parsed',
  (text) => {
    const { value, problems } = parsed(text);
    expect(value).toBeUndefined();
    expect(problems).toEqual([
      { where: 'rules.yaml', message: 'Brackets are nested deeper than 200 levels.' },
    ]);
  },
);

test('aliases that multiply are refused', () => {
  const { value, problems } = parsed(`- &a x\n${'- *a\n'.repeat(10_000)}`);
  expect(value).toBeUndefined();
  expect(problems).toHaveLength(1);
});

test.each([100, 1000, 3000, 20_000])('%d lists in lists give a value or a problem', (depth) => {
  const { value, problems } = parsed('- '.repeat(depth));
  expect(problems).toHaveLength(value === undefined ? 1 : 0);
});
