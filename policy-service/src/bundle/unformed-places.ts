import type { JsonObject } from '../domain/request/request';
import { KEYWORDS, referredIn } from './canonical-arguments';

/** Where a schema speaks of a value and the canonical form does not follow it. */
const UNFOLLOWED = [
  'contains',
  'contentSchema',
  'dependentSchemas',
  'if',
  'not',
  'propertyNames',
  'unevaluatedItems',
];
/** Keywords that declare a canonical form. */
const FORMS = ['format', KEYWORDS.letters, KEYWORDS.text];
/** Members whose values are data, no schemas. */
const DATA = new Set(['enum', 'const', 'default', 'examples']);

/** Members that hold schemas by names of their own. */
const MAPS = new Set([
  '$defs',
  'definitions',
  'dependentSchemas',
  'patternProperties',
  'properties',
]);

/** Forms that a schema declares where nothing would be brought into them: one sentence for each place. */
export function unformedPlaces(schema: JsonObject): string[] {
  const problems = new Set<string>();
  visit(schema, schema, (node) => {
    const { $ref } = node;
    if (typeof $ref === 'string' && $ref !== '#' && !$ref.startsWith('#/')) {
      problems.add(`the reference ${$ref.slice(0, 120)} is not followed: begin it with #/`);
    }
    for (const place of UNFOLLOWED.filter((one) => Object.hasOwn(node, one))) {
      const parts = MAPS.has(place) ? Object.values(node[place] as object) : node[place];
      visit(schema, parts, (part) => {
        for (const form of FORMS.filter((one) => typeof part[one] === 'string')) {
          problems.add(
            `${form} under ${place} brings no value into that form: declare it under properties or items`,
          );
        }
      });
    }
  });
  return [...problems];
}

/** Every object of a part, and of what it refers to, once. */
function visit(root: JsonObject, part: unknown, look: (node: JsonObject) => void): void {
  const seen = new Set<unknown>();
  const waiting = [part];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (Array.isArray(next)) {
      for (const one of next as unknown[]) waiting.push(one);
      continue;
    }
    const node = next as JsonObject;
    look(node);
    for (const [name, value] of Object.entries(node)) {
      if (MAPS.has(name)) waiting.push(Object.values(value as object));
      else if (!DATA.has(name)) waiting.push(value);
    }
    if (typeof node['$ref'] === 'string') waiting.push(referredIn(root, node['$ref']));
  }
}
