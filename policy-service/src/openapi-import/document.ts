import { upgrade } from '@scalar/openapi-upgrader';
import { parseDocument } from 'yaml';
import { ImportError, Unsupported } from './import-error';

/** JSON of which nothing is known yet. */
export type Node = { [name: string]: unknown };

/** An OpenAPI document, brought into the form of version 3.1. */
export class OpenApiDocument {
  private constructor(readonly root: Node) {}

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
  const document = parseDocument(text, { strict: false, uniqueKeys: false });
  const [error] = document.errors;
  if (error) {
    throw new ImportError(
      `${source} is neither JSON nor YAML: ${error.message.split('\n')[0] ?? error.message}`,
    );
  }
  const value: unknown = document.toJS({ maxAliasCount: 1000 });
  if (!isNode(value)) throw new ImportError(`${source} holds no object.`);
  return value;
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
