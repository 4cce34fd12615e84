import { upgrade } from '@scalar/openapi-upgrader';
import { parseDocument } from 'yaml';
import { ImportError, Unsupported } from './import-error';

/** The largest published documents that we know have a third of this. */
export const MAX_BYTES = 32 * 1024 * 1024;
/** YAML takes far longer to read than JSON, and its large documents exist as JSON too. */
const MAX_YAML_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 200;
const MAX_NODES = 4_000_000;
/** References that one operation may lead through; they can multiply without end. */
const MAX_STEPS = 50_000;

/** JSON of which nothing is known yet. */
export type Node = { [name: string]: unknown };

/** An OpenAPI document, brought into the form of version 3.1. */
export class OpenApiDocument {
  private steps = 0;

  private constructor(readonly root: Node) {}

  /** Counts anew: the next operation is read. */
  nextOperation(): void {
    this.steps = 0;
  }

  /**
   * Reads OpenAPI 3.0 or 3.1, or Swagger 2.0, as JSON or YAML.
   * @param source file or URL, for the sentences
   * @throws ImportError
   */
  static parse(text: string, source: string): OpenApiDocument {
    const root = parsed(text, source);
    const version = String(root['openapi'] ?? root['swagger'] ?? '');
    if (!/^(2\.0|3\.[01](\.\d+)?)$/.test(version)) {
      throw new ImportError(
        version === ''
          ? `${source} is no OpenAPI document: it has neither "openapi" nor "swagger".`
          : `${source} is OpenAPI ${version}. Supported are 3.0, 3.1 and Swagger 2.0.`,
      );
    }
    let upgraded: unknown;
    try {
      upgraded = upgrade(root, '3.1');
    } catch (error) {
      throw new ImportError(`${source} cannot be read as OpenAPI ${version}: ${String(error)}`);
    }
    if (!isNode(upgraded) || !isNode(upgraded['paths'])) {
      throw new ImportError(`${source} has no paths, so there is nothing to import.`);
    }
    return new OpenApiDocument(upgraded);
  }

  /**
   * The object itself, or what its `$ref` points to, with the members that stand beside the `$ref`.
   * @param seen references on the way here; a schema that contains itself has no end
   * @throws Unsupported for a reference to another file, to nothing, or to itself
   */
  resolve(value: unknown, seen: readonly string[] = []): { node: Node; seen: string[] } {
    if (!isNode(value)) throw new Unsupported('a part of its description is missing');
    this.steps += 1;
    if (this.steps > MAX_STEPS) throw new Unsupported('its references multiply without end');
    const { $ref: reference, ...beside } = value;
    if (typeof reference !== 'string') return { node: value, seen: [...seen] };
    if (!reference.startsWith('#/')) {
      throw new Unsupported(`it refers to another document (${reference})`);
    }
    if (seen.includes(reference)) throw new Unsupported(`${reference} contains itself`);
    const target = reference
      .slice(2)
      .split('/')
      .map((part) => decode(part).replace(/~1/g, '/').replace(/~0/g, '~'))
      .reduce<unknown>(
        (at, name) => (isNode(at) || Array.isArray(at) ? member(at, name) : undefined),
        this.root,
      );
    if (target === undefined) throw new Unsupported(`${reference} leads nowhere`);
    const { node, seen: all } = this.resolve(target, [...seen, reference]);
    return { node: { ...node, ...beside }, seen: all };
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The list of objects at a member; anything else is an empty list. */
export function nodes(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** One line of text, cut at a length. */
export function line(value: unknown, max: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.replace(/[\p{C}\s]+/gu, ' ').trim();
  return text === '' ? undefined : text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

function parsed(text: string, source: string): Node {
  if (text.length > MAX_BYTES) {
    throw new ImportError(`${source} is larger than ${MAX_BYTES / 1024 / 1024} MB.`);
  }
  const value = asJson(text) ?? asYaml(text, source);
  if (!isNode(value)) throw new ImportError(`${source} holds no object.`);
  assertBounded(value, source);
  return value;
}

/** Undefined for what is no JSON. */
function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function asYaml(text: string, source: string): unknown {
  if (text.length > MAX_YAML_BYTES) {
    throw new ImportError(
      `${source} is no JSON, and as YAML it is larger than ${MAX_YAML_BYTES / 1024 / 1024} MB. Convert it to JSON.`,
    );
  }
  // The parser takes time without end for brackets in brackets; nobody nests them so deeply.
  if (bracketDepth(text) > MAX_DEPTH) throw tooDeep(source);
  const document = parseDocument(text, { strict: false, uniqueKeys: false });
  const [error] = document.errors;
  if (error) {
    throw new ImportError(
      `${source} is neither JSON nor YAML: ${error.message.split('\n')[0] ?? error.message}`,
    );
  }
  try {
    return document.toJS({ maxAliasCount: 1000 }) as unknown;
  } catch (error) {
    throw new ImportError(`${source} cannot be read: ${(error as Error).message}`);
  }
}

/** Of brackets wherever they stand, in texts too: more than there are is no harm here. */
function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(depth - 1, 0);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** @throws ImportError for a document nested so deeply, or so large, that work on it has no end */
function assertBounded(root: Node, source: string): void {
  let count = 0;
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw tooDeep(source);
    count += level.length;
    if (count > MAX_NODES) throw new ImportError(`${source} has more than ${MAX_NODES} parts.`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      for (const part of Object.values(value)) next.push(part);
    }
    level = next;
  }
}

function tooDeep(source: string): ImportError {
  return new ImportError(`${source} is nested deeper than ${MAX_DEPTH} levels.`);
}

function member(value: Node | unknown[], name: string): unknown {
  return Object.hasOwn(value, name) ? (value as Node)[name] : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
