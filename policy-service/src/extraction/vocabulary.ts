import type { Action } from '../domain/catalogue/action';
import type { Json, JsonObject } from '../domain/request/request';
import { Reader } from './vocabulary-reader';

/** `PREFIX-` and a fixed count of digits, or digits alone when the prefix is empty. */
export interface IdShape {
  prefix: string;
  digits: number;
}

interface ArgumentBase {
  name: string;
  required: boolean;
  /** How much finding the argument speaks for the action (a clear command counts 3). */
  weight: number;
}
/** A record number such as SKU-1001; `nouns` are the words that a bare number may follow. */
export interface IdWords extends ArgumentBase {
  kind: 'id';
  shape: IdShape;
  nouns: string[];
}
/** A bare code such as an account; `labels` are the words that say which one it is. */
export interface CodeWords extends ArgumentBase {
  kind: 'code';
  shape: IdShape;
  labels: string[];
}
/** A signed change; the words tell its direction. */
export interface QuantityWords extends ArgumentBase {
  kind: 'quantity';
  increase: string[];
  decrease: string[];
  /** Words by which a new level is given rather than a change. */
  targets: string[];
  units: string[];
  labels: string[];
}
/** A positive whole number that is told by its unit or label. */
export interface CountWords extends ArgumentBase {
  kind: 'count';
  units: string[];
  labels: string[];
}
export interface AmountWords extends ArgumentBase {
  kind: 'amount';
  labels: string[];
}
export interface CurrencyWords extends ArgumentBase {
  kind: 'currency';
}
/** One of the schema's enum values, with the words for each. */
export interface ChoiceWords extends ArgumentBase {
  kind: 'choice';
  values: Record<string, string[]>;
  /** Words right before the value that is meant, for example `to`; empty when position says nothing. */
  leads: string[];
  /** Words for values that the enum does not have: they call for a person. */
  outside: string[];
  /** What two values joined by "and" mean: the first of two operations, or no clear value. */
  several: 'first' | 'none';
}
/** Free text, verbatim. */
export interface TextWords extends ArgumentBase {
  kind: 'text';
  labels: string[];
  introducers: string[];
}
export type ValueForm = 'email' | 'phone' | 'words' | 'line';
/** Free text whose form depends on the value of a choice argument. */
export interface ValueWords extends ArgumentBase {
  kind: 'value';
  of: string;
  forms: Record<string, ValueForm>;
  introducers: string[];
}
export type ArgumentWords =
  | IdWords
  | CodeWords
  | QuantityWords
  | CountWords
  | AmountWords
  | CurrencyWords
  | ChoiceWords
  | TextWords
  | ValueWords;

export interface Example {
  text: string;
  arguments: JsonObject;
}

/**
 * The words that recognise one action. A phrase is words separated by spaces; `...` stands for
 * up to six words; `=word` matches that form only, other words match all their endings.
 */
export interface Vocabulary {
  actionId: string;
  readOnly: boolean;
  /** Phrases that ask for the action by themselves. */
  commands: string[];
  /** Phrases that ask for it only together with its nouns or arguments. */
  hints: string[];
  /** Phrases that state a fact from which the action follows; a person has to confirm. */
  reports: string[];
  nouns: string[];
  /** Phrases after which the sentence is about something else. */
  excludes: string[];
  /** Phrases whose words say nothing about this action. */
  ignores: string[];
  arguments: ArgumentWords[];
  examples: Example[];
}

const KINDS = [
  'id',
  'code',
  'quantity',
  'count',
  'amount',
  'currency',
  'choice',
  'text',
  'value',
] as const;
const FORMS: readonly ValueForm[] = ['email', 'phone', 'words', 'line'];
const ID_PATTERN = /^\^(?:([A-Z]{1,8})-)?(?:\[0-9\]|\\d)\{(\d{1,2})\}\$$/;

/** Shape of an id argument as its schema pattern gives it, for example `^SKU-[0-9]{4}$`. */
export function idShape(property: JsonObject): IdShape | undefined {
  const match = typeof property.pattern === 'string' ? ID_PATTERN.exec(property.pattern) : null;
  return match ? { prefix: match[1] ?? '', digits: Number(match[2]) } : undefined;
}

/**
 * Reads and checks the `extraction` block of an action. An empty block is allowed: such an
 * action is never recognised in text. Arguments that the block leaves out are read by their
 * schema where it says enough (record numbers, enums).
 * @throws Error with a sentence that names the wrong key
 */
export function parseVocabulary(action: Action): Vocabulary {
  const block = new Reader(action.extraction, `${action.id}: extraction`);
  block.only([
    'commands',
    'hints',
    'reports',
    'nouns',
    'excludes',
    'ignores',
    'arguments',
    'examples',
  ]);
  const properties = isObject(action.schema.properties) ? action.schema.properties : {};
  const required = Array.isArray(action.schema.required) ? action.schema.required : [];
  const described = block.object('arguments');
  for (const name of Object.keys(described.value))
    if (!Object.hasOwn(properties, name))
      described.fail(
        name,
        `is not an argument of the action; its arguments are ${Object.keys(properties).join(', ')}`,
      );
  const list: ArgumentWords[] = [];
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property)) continue;
    const words = parseArgument(described.object(name), name, property, required.includes(name));
    if (words) list.push(words);
  }
  for (const words of list)
    if (words.kind === 'value') checkForms(words, list, described.object(words.name));
  return {
    actionId: action.id,
    readOnly: action.class === 'read',
    commands: block.strings('commands'),
    hints: block.strings('hints'),
    reports: block.strings('reports'),
    nouns: block.strings('nouns'),
    excludes: block.strings('excludes'),
    ignores: block.strings('ignores'),
    arguments: list,
    examples: block.list('examples').map((item) => {
      item.only(['text', 'arguments']);
      return { text: item.string('text'), arguments: item.object('arguments').value };
    }),
  };
}

function parseArgument(
  words: Reader,
  name: string,
  property: JsonObject,
  required: boolean,
): ArgumentWords | undefined {
  const shape = idShape(property);
  const values = Array.isArray(property.enum)
    ? property.enum.filter((v): v is string => typeof v === 'string')
    : [];
  const inferred = shape
    ? shape.prefix
      ? 'id'
      : 'code'
    : values.length > 0
      ? 'choice'
      : undefined;
  const kind = words.choice('kind', KINDS) ?? inferred;
  if (!kind) {
    if (Object.keys(words.value).length > 0)
      words.fail('kind', `is missing; use one of ${KINDS.join(', ')}`);
    return undefined;
  }
  const own = [name.replace(/_/g, ' ')];
  const base = (weight: number): ArgumentBase => ({
    name,
    required,
    weight: words.number('weight') ?? weight,
  });
  const only = (...keys: string[]): void => words.only(['kind', 'weight', ...keys]);
  switch (kind) {
    case 'id':
    case 'code':
      if (!shape)
        return words.fail('kind', 'needs a schema pattern such as ^SKU-[0-9]{4}$ or ^[0-9]{4}$');
      only(kind === 'id' ? 'nouns' : 'labels');
      return kind === 'id'
        ? { ...base(required ? 2 : 1), kind, shape, nouns: words.strings('nouns') }
        : { ...base(1), kind, shape, labels: words.strings('labels', own) };
    case 'quantity':
      only('increase', 'decrease', 'targets', 'units', 'labels');
      return {
        ...base(1),
        kind,
        increase: words.strings('increase'),
        decrease: words.strings('decrease'),
        targets: words.strings('targets'),
        units: words.strings('units'),
        labels: words.strings('labels', own),
      };
    case 'count':
      only('units', 'labels');
      return {
        ...base(0.5),
        kind,
        units: words.strings('units'),
        labels: words.strings('labels', own),
      };
    case 'amount':
      only('labels');
      return { ...base(1), kind, labels: words.strings('labels', own) };
    case 'currency':
      only();
      return { ...base(0), kind };
    case 'choice': {
      if (values.length === 0) return words.fail('kind', 'needs an enum in the schema');
      only('values', 'leads', 'outside', 'several');
      const synonyms = words.object('values');
      synonyms.only(values);
      return {
        ...base(1),
        kind,
        values: Object.fromEntries(values.map((value) => [value, synonyms.strings(value)])),
        leads: words.strings('leads'),
        outside: words.strings('outside'),
        several: words.choice('several', ['first', 'none']) ?? 'none',
      };
    }
    case 'text':
      only('labels', 'introducers');
      return {
        ...base(0),
        kind,
        labels: words.strings('labels', own),
        introducers: words.strings('introducers'),
      };
    case 'value':
      only('of', 'forms', 'introducers');
      return {
        ...base(0),
        kind,
        of: words.string('of'),
        forms: words.object('forms').value as Record<string, ValueForm>,
        introducers: words.strings('introducers'),
      };
  }
}

function checkForms(words: ValueWords, list: ArgumentWords[], reader: Reader): void {
  const choice = list.find((other) => other.name === words.of);
  if (choice?.kind !== 'choice') return reader.fail('of', 'must name an argument of kind choice');
  const forms = reader.object('forms');
  forms.only(Object.keys(choice.values));
  for (const value of Object.keys(choice.values))
    if (!forms.choice(value, FORMS))
      forms.fail(value, `is missing; use one of ${FORMS.join(', ')}`);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
