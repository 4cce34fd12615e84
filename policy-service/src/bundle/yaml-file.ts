import { isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { SourceFile } from '../application/ports';

/** A YAML file of a bundle with its parsed value. */
export interface BundleFile extends SourceFile {
  value: unknown;
}

/**
 * One reason why a bundle cannot become active. In one that is active already (an earlier version
 * of the service let it in) it blocks no more than it makes unsafe, and is told as a warning.
 */
export interface BundleProblem {
  /** Relative path, with a line where it is known. */
  where: string;
  message: string;
  /**
   * Actions that must not go on with it, as far as they are not missing already. Absent: all of
   * them, because rules may be lost or the bundle is not what it was.
   */
  unsafe?: string[];
  /** Action that cannot be undone because of it, so that a person has to approve it. */
  notUndoable?: string;
}

/** Nobody nests so deeply, and beyond it the parser takes far longer than the text is long. */
const MAX_BRACKETS = 200;

/** The file with its value, or nothing and a problem that names the line. */
export function parseYamlFile({ path, text }: SourceFile, problems: BundleProblem[]): BundleFile[] {
  if (nestsTooDeeply(text)) {
    const message = `Brackets are nested deeper than ${MAX_BRACKETS} levels.`;
    problems.push({ where: path, message });
    return [];
  }
  const lines = new LineCounter();
  // The parser compares each key of a map with all others; `repeatedKeys` looks each up once.
  const document = parseDocument(text, { uniqueKeys: false, strict: true, lineCounter: lines });
  const errors = document.errors.map(({ linePos, message }) => ({
    where: `${path}:${linePos?.[0].line ?? 1}`,
    message: message.split('\n')[0] ?? message,
  }));
  problems.push(...errors);
  if (errors.length > 0) return [];
  try {
    const repeated = repeatedKeys(document).map((offset) => ({
      where: `${path}:${lines.linePos(offset).line}`,
      message: 'Map keys must be unique',
    }));
    problems.push(...repeated);
    return repeated.length > 0 ? [] : [{ path, text, value: document.toJS() as unknown }];
  } catch (error) {
    // Nested too deeply, an alias without its anchor, or so many that they could fill the memory.
    problems.push({ where: path, message: (error as Error).message });
    return [];
  }
}

/** Of brackets wherever they stand, in texts too: more than there are is no harm here. */
function nestsTooDeeply(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(depth - 1, 0);
    if (depth > MAX_BRACKETS) return true;
  }
  return false;
}

/** Where keys stand that their map has already. */
function repeatedKeys(document: Document.Parsed): number[] {
  const repeated: number[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) repeated.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
    },
  });
  return repeated;
}

/** Line of the first occurrence of a rule or limit id, for messages. */
export function lineOf(text: string, id: string): number {
  const index = text.split('\n').findIndex((line) => line.includes(`id: ${id}`));
  return index + 1;
}
