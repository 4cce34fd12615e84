import { validateHeaderValue } from 'node:http';
import { isLosslessNumber } from 'lossless-json';
import type { Json, JsonObject } from '../../domain/request/request';

/**
 * Templates are structures, never texts that are glued together: `{name}` stands for a whole value.
 * `{name?}` may be absent and is then left out. `{step.member}` is what an earlier step brought.
 * Only `{@request_id}`, the id of the governed request, may stand inside a text, because the
 * service itself makes it, of letters, digits, - and _.
 */
export interface Placeholder {
  argument: string;
  optional: boolean;
}

/** A value of a query or header: a placeholder, or text in which `{@request_id}` is replaced. */
export type TextTemplate = Placeholder | { literal: string };
/** Segments of a path, without the slashes. */
export type PathTemplate = TextTemplate[];
export type BodyTemplate =
  | { kind: 'value'; placeholder: Placeholder }
  | { kind: 'literal'; value: Json }
  | { kind: 'list'; items: BodyTemplate[] }
  | { kind: 'object'; members: [name: string, template: BodyTemplate][] };

/** The arguments do not fit the template: nothing is sent. */
export class TemplateError extends Error {}

/**
 * What a value in a path may hold, after compatibility folding: letters, marks, digits, blanks, and
 * the signs of ASCII that neither end a segment nor escape anything. Servers decode a path before
 * or after they route it, some twice, so an encoded slash is a slash to one of them.
 */
const PATH_VALUE = /^[\p{L}\p{M}\p{N} !-"$&-.:<->@[\]-~]+$/u;
/** Segments that climb or vanish. */
const DOTS = /^[. ]*$/;

const REQUEST_ID = '@request_id';
const EMBEDDED = `{${REQUEST_ID}}`;
const PLACEHOLDER = /^\{(@request_id|(?:[a-z][a-z0-9_.-]*\.)?[a-z][a-z0-9_]*)(\?)?\}$/;
/** pchar of RFC 3986 without percent signs. */
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._~!$&'()*+,;=:@-]+$/;
/** Headers that the transport, `auth` or `idempotencyKeyHeader` own. */
const RESERVED_HEADERS = [
  'authorization',
  'connection',
  'content-length',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'te',
  'traceparent',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

const NOT_IN_A_PATH =
  'it is empty or only dots, or it holds a sign without place there, such as / \\ % ? # ; or a control character.';

/** @throws Error with a sentence when the text is neither a whole placeholder nor free of braces */
export function parseText(text: string): TextTemplate {
  const match = PLACEHOLDER.exec(text);
  if (match?.[1] !== undefined) return { argument: match[1], optional: match[2] === '?' };
  if (/[{}]/.test(text.replaceAll(EMBEDDED, ''))) {
    throw new Error(`"${text}": a placeholder is the whole value, such as {vendor_id} or {memo?}.`);
  }
  return { literal: text };
}

/** @throws Error with a sentence when a segment is wrong; optional placeholders have no place in a path */
export function parsePath(path: string): PathTemplate {
  return path
    .split('/')
    .slice(1)
    .map((segment, index, all) => {
      // Frameworks such as Django end their paths with a slash.
      if (segment === '' && index === all.length - 1) return { literal: '' };
      const template = parseText(segment);
      if ('optional' in template && template.optional) {
        throw new Error(`"${segment}": a segment of a path cannot be optional.`);
      }
      if ('literal' in template && !SEGMENT.test(template.literal.replaceAll(EMBEDDED, 'x'))) {
        throw new Error(
          `"${segment}": a segment of a path holds letters, digits, signs other than / ? # % and blanks, or one placeholder.`,
        );
      }
      return template;
    });
}

/** @throws Error with a sentence when the name or the text has no place in a header */
export function parseHeader(name: string, text: string): TextTemplate {
  if (RESERVED_HEADERS.includes(name.toLowerCase())) {
    throw new Error(`The header ${name} is set by the service itself. Remove it, or use auth.`);
  }
  if (name.toLowerCase() === 'content-type' && !/^application\/([a-z.-]+\+)?json\b/.test(text)) {
    throw new Error('Bodies are sent as JSON: write application/json or application/...+json.');
  }
  const template = parseText(text);
  if ('literal' in template) validateHeaderValue(name, template.literal);
  return template;
}

/** @throws Error with a sentence when a text of the body is a broken placeholder */
export function parseBody(value: Json): BodyTemplate {
  if (typeof value === 'string') {
    const template = parseText(value);
    return 'literal' in template
      ? { kind: 'literal', value: template.literal }
      : { kind: 'value', placeholder: template };
  }
  if (Array.isArray(value)) return { kind: 'list', items: value.map(parseBody) };
  if (typeof value === 'object' && value !== null) {
    return {
      kind: 'object',
      members: Object.entries(value).map(([name, member]) => [name, parseBody(member)]),
    };
  }
  return { kind: 'literal', value };
}

/**
 * The path for a call: every value is one segment, however often a server decodes it, so it can
 * neither end the path nor climb in it.
 * @throws TemplateError when a value is missing or cannot be a segment
 */
export function renderPath(template: PathTemplate, values: JsonObject): string {
  return template
    .map((segment) => {
      if ('literal' in segment) return `/${fill(segment.literal, values)}`;
      const text = textOf(segment, values) ?? '';
      const folded = text.normalize('NFKC');
      if (DOTS.test(folded) || !PATH_VALUE.test(folded)) {
        throw new TemplateError(
          `The argument ${segment.argument} cannot be part of a path: ${NOT_IN_A_PATH}`,
        );
      }
      return `/${encode(text, segment)}`;
    })
    .join('');
}

/** The query for a call, with its question mark; empty when nothing is asked. @throws TemplateError */
export function renderQuery(template: Record<string, TextTemplate>, values: JsonObject): string {
  const pairs = Object.entries(template).flatMap(([name, part]) => {
    const text = textFor(part, values);
    if (text === undefined) return [];
    return [
      `${encodeURIComponent(name)}=${'literal' in part ? encodeURIComponent(text) : encode(text, part)}`,
    ];
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** The headers for a call, under small letters. @throws TemplateError when a value cannot be a header */
export function renderHeaders(
  template: Record<string, TextTemplate>,
  values: JsonObject,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(template).flatMap(([name, part]) => {
      const text = textFor(part, values);
      if (text === undefined) return [];
      try {
        validateHeaderValue(name, text);
      } catch {
        throw new TemplateError(
          `The value of the header ${name} holds a character without place in it.`,
        );
      }
      return [[name.toLowerCase(), text]];
    }),
  );
}

/** The body for a call. An optional value that is absent leaves its member or item out. @throws TemplateError */
export function renderBody(template: BodyTemplate, values: JsonObject): Json | undefined {
  switch (template.kind) {
    case 'literal':
      return typeof template.value === 'string' ? fill(template.value, values) : template.value;
    case 'value':
      return valueOf(template.placeholder, values);
    case 'list':
      return template.items
        .map((item) => renderBody(item, values))
        .filter((item) => item !== undefined);
    case 'object':
      return Object.fromEntries(
        template.members.flatMap(([name, member]): [string, Json][] => {
          const value = renderBody(member, values);
          return value === undefined ? [] : [[name, value]];
        }),
      );
  }
}

function valueOf({ argument, optional }: Placeholder, values: JsonObject): Json | undefined {
  const value = Object.hasOwn(values, argument) ? values[argument] : undefined;
  if (value !== undefined && value !== null) return value;
  if (optional) return undefined;
  throw new TemplateError(`The argument ${argument} is missing.`);
}

/** The text of a template; undefined when its value may be absent and is. @throws TemplateError */
export function textFor(part: TextTemplate, values: JsonObject): string | undefined {
  return 'literal' in part ? fill(part.literal, values) : textOf(part, values);
}

/** @throws TemplateError for an id that is missing, or that could end the text that it stands in */
function fill(text: string, values: JsonObject): string {
  if (!text.includes(EMBEDDED)) return text;
  const id = values[REQUEST_ID];
  if (typeof id === 'string' && /^[A-Za-z0-9_-]+$/.test(id)) return text.replaceAll(EMBEDDED, id);
  throw new TemplateError('The id of the request cannot be part of a text.');
}

function textOf(placeholder: Placeholder, values: JsonObject): string | undefined {
  const value = valueOf(placeholder, values);
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'boolean' || Number.isSafeInteger(value) || isLosslessNumber(value)) {
    return String(value);
  }
  throw new TemplateError(`The argument ${placeholder.argument} must be a text or a whole number.`);
}

function encode(text: string, { argument }: Placeholder): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new TemplateError(`The argument ${argument} holds a broken character.`);
  }
}
