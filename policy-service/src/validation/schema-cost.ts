import { patternProblem } from './pattern-cost';

/** As long as a text of a call can be: where a schema names no maxLength. */
const LONGEST = 65_536;
/** Parts of a schema, each counted as often as a reference leads to it. */
const MAX_PARTS = 20_000;
/** Alternatives, each of which may be tried on each of the thousands of items of a call. */
const MAX_ALTERNATIVES = 200;
/** Lists of other things than texts and numbers are compared each with each. */
const MAX_UNIQUE = 200;
/** Members whose values are data, no schemas. */
const DATA = new Set(['enum', 'const', 'default', 'examples', 'required', 'dependentRequired']);

type Node = Record<string, unknown>;

/**
 * What in a JSON Schema could keep the service busy for some value: patterns that backtrack,
 * references that multiply or have no end, long lists compared each with each.
 */
export function costlyParts(schema: object): string[] {
  const problems = new Set<string>();
  let parts = 0;
  let alternatives = 0;
  const waiting: unknown[] = [schema];
  for (let value = waiting.pop(); value !== undefined && parts <= MAX_PARTS;) {
    parts += 1;
    if (Array.isArray(value)) waiting.push(...(value as unknown[]));
    else if (typeof value === 'object' && value !== null) {
      const node = value as Node;
      alternatives += alternativesOf(node);
      for (const problem of [...patternsOf(node), ...listOf(node)]) problems.add(problem);
      for (const [name, part] of Object.entries(node)) {
        if (name !== '$defs' && name !== 'definitions' && !DATA.has(name)) waiting.push(part);
      }
      if (typeof node['$ref'] === 'string') waiting.push(targetOf(schema, node['$ref']));
      if (node['$dynamicRef'] !== undefined) problems.add('$dynamicRef is not supported: use $ref');
    }
    do value = waiting.pop();
    while (value === undefined && waiting.length > 0);
  }
  if (parts > MAX_PARTS) {
    problems.add('its references lead in a circle or to too many parts: write them out');
  } else if (alternatives > MAX_ALTERNATIVES) {
    problems.add(
      `it has more than ${MAX_ALTERNATIVES} alternatives (anyOf, oneOf, objects and lists in enum): have fewer, or several actions`,
    );
  }
  return [...problems];
}

function patternsOf(node: Node): string[] {
  const longest = typeof node['maxLength'] === 'number' ? node['maxLength'] : LONGEST;
  const own = typeof node['pattern'] === 'string' ? [[node['pattern'], longest] as const] : [];
  const names = Object.keys((node['patternProperties'] as Node | undefined) ?? {});
  return [...own, ...names.map((name) => [name, LONGEST] as const)].flatMap(([pattern, length]) => {
    const why = patternProblem(pattern, length);
    return why === undefined
      ? []
      : [
          `the pattern ${pattern.slice(0, 120)} may take too long to check: ${why}. Begin it with ^, repeat no part that itself repeats, or give a smaller maxLength beside it`,
        ];
  });
}

function alternativesOf(node: Node): number {
  const ways = [node['anyOf'], node['oneOf']].filter(Array.isArray).flat().length;
  const values = Array.isArray(node['enum']) ? node['enum'] : [];
  return ways + values.filter((one) => typeof one === 'object' && one !== null).length;
}

function listOf(node: Node): string[] {
  if (node['uniqueItems'] !== true) return [];
  const { type } = (node['items'] ?? {}) as Node;
  if (['string', 'integer', 'number', 'boolean'].includes(String(type))) return [];
  return typeof node['maxItems'] === 'number' && node['maxItems'] <= MAX_UNIQUE
    ? []
    : [`uniqueItems needs items of a plain type, or maxItems of at most ${MAX_UNIQUE}`];
}

function targetOf(root: object, reference: string): unknown {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  return reference
    .slice(2)
    .split('/')
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    .reduce<unknown>(
      (at, name) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, name)
          ? (at as Node)[name]
          : undefined,
      root,
    );
}
