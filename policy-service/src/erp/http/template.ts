import type { Json, JsonObject } from '../../domain/request';

/**
 * Templates are structures, never texts that are glued together: `{name}` stands for a whole value.
 * `{name?}` may be absent and is then left out. `{@request_id}` is the id of the governed request.
 */
export interface Placeholder {
  argument: string;
  optional: boolean;
}

/** A query value: a placeholder or literal text. */
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

const PLACEHOLDER = /^\{(@?[a-z][a-z0-9_]*)(\?)?\}$/;

/** @throws Error with a sentence when the text is neither a whole placeholder nor free of braces */
export function parseText(text: string): TextTemplate {
  const match = PLACEHOLDER.exec(text);
  if (match?.[1] !== undefined) return { argument: match[1], optional: match[2] === '?' };
  if (/[{}]/.test(text)) {
    throw new Error(`"${text}": a placeholder is the whole value, such as {vendor_id} or {memo?}.`);
  }
  return { literal: text };
}

/** @throws Error with a sentence when a segment is wrong; optional placeholders have no place in a path */
export function parsePath(path: string): PathTemplate {
  return path
    .split('/')
    .slice(1)
    .map((segment) => {
      const template = parseText(segment);
      if ('optional' in template && template.optional) {
        throw new Error(`"${segment}": a segment of a path cannot be optional.`);
      }
      if ('literal' in template && !/^(?!\.{1,2}$)[A-Za-z0-9._~-]+$/.test(template.literal)) {
        throw new Error(
          `"${segment}": a segment holds letters, digits and - . _ ~, or one placeholder.`,
        );
      }
      return template;
    });
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
 * The path for a call: every value is one encoded segment, so it can neither end the path nor climb in it.
 * @throws TemplateError when a value is missing or cannot be a segment
 */
export function renderPath(template: PathTemplate, values: JsonObject): string {
  return template
    .map((segment) => {
      if ('literal' in segment) return `/${segment.literal}`;
      const text = textOf(segment, values);
      if (text === undefined || text === '' || text === '.' || text === '..') {
        throw new TemplateError(`The argument ${segment.argument} cannot be part of a path.`);
      }
      return `/${encode(text, segment)}`;
    })
    .join('');
}

/** The query for a call, with its question mark; empty when nothing is asked. @throws TemplateError */
export function renderQuery(template: Record<string, TextTemplate>, values: JsonObject): string {
  const pairs = Object.entries(template).flatMap(([name, part]) => {
    const text = 'literal' in part ? part.literal : textOf(part, values);
    if (text === undefined) return [];
    return [
      `${encodeURIComponent(name)}=${'literal' in part ? encodeURIComponent(text) : encode(text, part)}`,
    ];
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** The body for a call. An optional value that is absent leaves its member or item out. @throws TemplateError */
export function renderBody(template: BodyTemplate, values: JsonObject): Json | undefined {
  switch (template.kind) {
    case 'literal':
      return template.value;
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

function textOf(placeholder: Placeholder, values: JsonObject): string | undefined {
  const value = valueOf(placeholder, values);
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return String(value);
  throw new TemplateError(`The argument ${placeholder.argument} must be a text or a whole number.`);
}

function encode(text: string, { argument }: Placeholder): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new TemplateError(`The argument ${argument} holds a broken character.`);
  }
}
