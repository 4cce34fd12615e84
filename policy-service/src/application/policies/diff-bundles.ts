import { canonicalJson } from '../../domain/canonical-json';
import type { Json, JsonObject } from '../../domain/request/request';
import type { SourceFile } from '../ports';
import { PART_KINDS, type BundlePart, type BundleReader, type PartKind } from './bundle-reader';
import { lineDiff } from './line-diff';

type Change = 'added' | 'removed' | 'changed';

/** A value that differs; `from` or `to` is absent where there is none. */
export interface FieldChange {
  /** For example `approval.stages[0].count`. */
  path: string;
  from?: Json;
  to?: Json;
}

export interface PartChange {
  kind: PartKind;
  id: string;
  change: Change;
  /** Of something added or removed: everything that it says. */
  fields: FieldChange[];
}

export interface FileChange {
  path: string;
  change: Change;
  /** A unified diff without its file header. */
  lines: string[];
}

export interface BundleDiff {
  parts: PartChange[];
  files: FileChange[];
}

/** What changes from one bundle to another: by meaning, and line by line. */
export function diffBundles(
  reader: Pick<BundleReader, 'parts'>,
  from: SourceFile[],
  to: SourceFile[],
): BundleDiff {
  return {
    parts: diffParts(reader.parts(from), reader.parts(to)),
    files: diffFiles(from, to),
  };
}

function diffParts(from: BundlePart[], to: BundlePart[]): PartChange[] {
  return PART_KINDS.flatMap((kind) => {
    const before = contentById(from, kind);
    const after = contentById(to, kind);
    return union(before, after).flatMap((id) => {
      const change = changeOf(before.has(id), after.has(id));
      const fields = diffFields(before.get(id), after.get(id));
      return change === 'changed' && fields.length === 0 ? [] : [{ kind, id, change, fields }];
    });
  });
}

function contentById(parts: BundlePart[], kind: PartKind): Map<string, JsonObject> {
  const own = parts.filter((part) => part.kind === kind);
  return new Map(own.map(({ id, content }) => [id, content]));
}

function diffFiles(from: SourceFile[], to: SourceFile[]): FileChange[] {
  const before = new Map(from.map(({ path, text }) => [path, text]));
  const after = new Map(to.map(({ path, text }) => [path, text]));
  return union(before, after).flatMap((path) => {
    const [a, b] = [before.get(path), after.get(path)];
    if (a === b) return [];
    const change = changeOf(a !== undefined, b !== undefined);
    return [{ path, change, lines: lineDiff(a ?? '', b ?? '') }];
  });
}

function diffFields(from: JsonObject = {}, to: JsonObject = {}): FieldChange[] {
  const before = flat(from);
  const after = flat(to);
  return union(before, after).flatMap((path) => {
    const [a, b] = [before.get(path), after.get(path)];
    if (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b)) return [];
    return [
      { path, ...(a === undefined ? {} : { from: a }), ...(b === undefined ? {} : { to: b }) },
    ];
  });
}

/** Path -> value; lists of plain values are one value, because their order is read as a whole. */
function flat(value: Json, path = '', into = new Map<string, Json>()): Map<string, Json> {
  if (Array.isArray(value) && value.some((one) => typeof one === 'object' && one !== null)) {
    value.forEach((one, index) => flat(one, `${path}[${index}]`, into));
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, one] of Object.entries(value))
      flat(one, path ? `${path}.${name}` : name, into);
  } else {
    into.set(path, value);
  }
  return into;
}

/** Keys of both, those of the older first. */
function union(a: Map<string, unknown>, b: Map<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])];
}

function changeOf(before: boolean, after: boolean): Change {
  if (before && after) return 'changed';
  return before ? 'removed' : 'added';
}
