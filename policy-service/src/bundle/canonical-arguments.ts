import { FORMATS } from '../domain/catalogue/canonical-formats';
import { canonicalFreeText, canonicalText } from '../domain/canonical-text';
import type { Json, JsonObject, ValidationIssue } from '../domain/request/request';
import { PatternBudget, TooCostly } from '../validation/pattern-budget';
import { MAX_ERRORS } from '../validation/sentences';
import { nullReader } from './null-argument';

/** Keywords of an argument's schema beside those of JSON Schema. */
export const KEYWORDS = {
  /** `free`: only people read it, so joiners and variation selectors stay. */
  text: 'x-text',
  /** `upper` or `lower`: letter case says nothing, so there is one. */
  letters: 'x-case',
} as const;

/** Every schema that has a say about one value: with combinations and references followed. */
type Schemas = JsonObject[];

const COMBINED = ['allOf', 'anyOf', 'oneOf'];
const CONDITIONAL = ['then', 'else'];
/** An ASCII number as JSON writes it. */
const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

/**
 * Brings values into the one form of their kind, as the schema declares it, before anything looks at
 * them. A null that the schema does not name counts as absent. What has no canonical form is told in
 * `issues`, and left as it is.
 */
export class CanonicalArguments {
  private readonly expanded = new WeakMap<object, Schemas>();
  private readonly patterns = new PatternBudget();
  private readonly takesNull = nullReader((reference) => this.referred(reference));

  constructor(private readonly schema: JsonObject) {}

  of(values: JsonObject, issues: ValidationIssue[]): JsonObject {
    this.patterns.begin();
    try {
      return this.object(values, this.expand([this.schema]), '', issues);
    } catch (error) {
      if (!(error instanceof TooCostly)) throw error;
      tell(issues, { pointer: '', code: 'too_costly', message: error.message });
      return values;
    }
  }

  private value(value: Json, schemas: Schemas, pointer: string, issues: ValidationIssue[]): Json {
    if (typeof value === 'string') return canonicalString(value, schemas, pointer, issues);
    if (value === null || typeof value !== 'object') return value;
    if (!Array.isArray(value)) return this.object(value, schemas, pointer, issues);
    return value.map((item, index) => {
      const own = schemas.flatMap((schema) => {
        const prefix = schema['prefixItems'];
        const first = Array.isArray(prefix) ? prefix[index] : undefined;
        return isObject(first) ? [first] : isObject(schema['items']) ? [schema['items']] : [];
      });
      return this.value(item, this.expand(own), `${pointer}/${index}`, issues);
    });
  }

  private object(
    values: JsonObject,
    schemas: Schemas,
    pointer: string,
    issues: ValidationIssue[],
  ): JsonObject {
    const made: [string, Json][] = [];
    for (const name of Object.keys(values)) {
      const value = values[name] ?? null;
      const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (canonicalText(name) !== name) {
        tell(issues, {
          pointer: at,
          code: 'name',
          message: `The name "${shown(name)}" is not in its plain form. Write it without spaces at its ends and without invisible characters.`,
        });
      }
      const own = ownSchemas(schemas, name, this.patterns);
      if (value === null && own.length > 0 && !this.takesNull(own)) {
        if (!schemas.some(({ required }) => Array.isArray(required) && required.includes(name))) {
          continue;
        }
        const hint = own.map((one) => one['description']).find((text) => typeof text === 'string');
        tell(issues, {
          pointer: at,
          code: 'required',
          message: `"${name}" is null, but it is needed.${hint === undefined ? '' : ` ${hint}.`}`,
        });
      }
      made.push([name, this.value(value, this.expand(own), at, issues)]);
    }
    return Object.fromEntries(made);
  }

  /** Follows references and combinations; each schema once, so that cycles end. */
  private expand(schemas: Schemas): Schemas {
    const [only] = schemas;
    if (only === undefined) return schemas;
    const known = schemas.length === 1 ? this.expanded.get(only) : undefined;
    if (known) return known;
    const seen = new Set<JsonObject>();
    const follow = (schema: Json | undefined): void => {
      if (!isObject(schema) || seen.has(schema)) return;
      seen.add(schema);
      if (typeof schema['$ref'] === 'string') follow(this.referred(schema['$ref']));
      for (const keyword of COMBINED) {
        const parts = schema[keyword];
        if (Array.isArray(parts)) parts.forEach(follow);
      }
      for (const keyword of CONDITIONAL) follow(schema[keyword]);
    };
    schemas.forEach(follow);
    const all = [...seen];
    if (schemas.length === 1) this.expanded.set(only, all);
    return all;
  }

  private referred(reference: string): Json | undefined {
    return referredIn(this.schema, reference);
  }
}

/** The part of a schema that a reference leads to. */
export function referredIn(schema: JsonObject, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  let found: Json | undefined = schema;
  for (const part of reference.slice(1).split('/').slice(1)) {
    if (!isObject(found)) return undefined;
    found = found[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return found;
}

/**
 * The schemas of a member: of its name in `properties` and of every pattern that fits it, or else of
 * the rest.
 */
function ownSchemas(schemas: Schemas, name: string, patterns: PatternBudget): Schemas {
  return schemas.flatMap((schema) => {
    const named = objectIn(schema, 'properties');
    const byPattern = objectIn(schema, 'patternProperties');
    const parts = [
      ...(Object.hasOwn(named, name) ? [named[name]] : []),
      ...Object.keys(byPattern)
        .filter((pattern) => patterns.matcher(pattern).test(name))
        .map((pattern) => byPattern[pattern]),
    ];
    const rest = schema['additionalProperties'] ?? schema['unevaluatedProperties'];
    return (parts.length > 0 ? parts : [rest]).filter(isObject);
  });
}

/** What a stranger sends can be wrong in thousands of places: enough of them are told. */
function tell(issues: ValidationIssue[], issue: ValidationIssue): void {
  if (issues.length < MAX_ERRORS) issues.push(issue);
}

function objectIn(schema: JsonObject, keyword: string): JsonObject {
  const found = schema[keyword];
  return isObject(found) ? found : {};
}

function canonicalString(
  value: string,
  schemas: Schemas,
  pointer: string,
  issues: ValidationIssue[],
): Json {
  const name = pointer.slice(pointer.lastIndexOf('/') + 1);
  const free = schemas.some((schema) => schema[KEYWORDS.text] === 'free');
  const text = free ? canonicalFreeText(value) : canonicalText(value);
  if (text === undefined) {
    tell(issues, {
      pointer,
      code: 'text',
      message: `"${name}" holds control or invisible characters. Write it in plain text.`,
    });
    return value;
  }
  const listed = schemas.flatMap((schema) =>
    Array.isArray(schema['enum']) ? schema['enum'] : 'const' in schema ? [schema['const']] : [],
  );
  // What the schema itself writes down is right as it stands there.
  const same = listed.find((one) => typeof one === 'string' && canonicalText(one) === text);
  if (typeof same === 'string') return same;
  const format = schemas.map((schema) => FORMATS.get(String(schema['format']))).find(Boolean);
  if (format) {
    const formed = format.canonical(text);
    if (formed !== undefined) return formed;
    tell(issues, {
      pointer,
      code: 'format',
      message: `"${name}" does not have the right form. Write it like ${format.example}.`,
    });
    return text;
  }
  const letters = schemas.map((schema) => schema[KEYWORDS.letters]).find(Boolean);
  if (letters === 'upper') return text.toUpperCase().normalize('NFC');
  if (letters === 'lower') return text.toLowerCase().normalize('NFC');
  return numberWhereBothMayStand(text, schemas);
}

/**
 * Where a number and a text may stand, `1` and `"1"` are one value: the number. A text that the number
 * would not write back, such as `1e5` or `1.0`, is another value.
 */
function numberWhereBothMayStand(text: string, schemas: Schemas): Json {
  const number = Number(text);
  if (!NUMBER.test(text) || String(number) !== text) return text;
  const types = schemas.flatMap(({ type }) => type ?? []);
  if (!types.includes('string')) return text;
  const whole = types.includes('integer') && Number.isSafeInteger(number);
  return whole || types.includes('number') ? number : text;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(name: string): string {
  return name.slice(0, 80).replace(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, '?');
}
