import { parseDocument } from 'yaml';
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

/** The file with its value, or nothing and a problem that names the line. */
export function parseYamlFile({ path, text }: SourceFile, problems: BundleProblem[]): BundleFile[] {
  const document = parseDocument(text, { uniqueKeys: true, strict: true });
  for (const error of document.errors) {
    problems.push({
      where: `${path}:${error.linePos?.[0].line ?? 1}`,
      message: error.message.split('\n')[0] ?? error.message,
    });
  }
  if (document.errors.length > 0) return [];
  try {
    return [{ path, text, value: document.toJS() as unknown }];
  } catch (error) {
    // An alias without its anchor, or so many that they could fill the memory.
    problems.push({ where: path, message: (error as Error).message });
    return [];
  }
}

/** Line of the first occurrence of a rule or limit id, for messages. */
export function lineOf(text: string, id: string): number {
  const index = text.split('\n').findIndex((line) => line.includes(`id: ${id}`));
  return index + 1;
}
