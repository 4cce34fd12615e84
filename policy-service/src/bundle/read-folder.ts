import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { sha256Hex } from '../domain/canonical-json';

/** A YAML file of a bundle; `path` is relative to the bundle's folder. */
export interface BundleFile {
  path: string;
  text: string;
  value: unknown;
}

/** One reason why a bundle cannot become active. */
export interface BundleProblem {
  /** Relative path, with a line where it is known. */
  where: string;
  message: string;
}

/** Reads every YAML file of one folder of a bundle, in the order of their names. */
export function readFolder(root: string, folder: string, problems: BundleProblem[]): BundleFile[] {
  let names: string[];
  try {
    names = readdirSync(join(root, folder))
      .filter((name) => /\.ya?ml$/.test(name))
      .sort();
  } catch {
    problems.push({ where: folder, message: `the folder ${join(root, folder)} cannot be read` });
    return [];
  }
  return names.flatMap((name) => {
    const path = `${folder}/${name}`;
    const text = readFileSync(join(root, path), 'utf8');
    const document = parseDocument(text, { uniqueKeys: true, strict: true });
    for (const error of document.errors) {
      problems.push({
        where: `${path}:${error.linePos?.[0].line ?? 1}`,
        message: error.message.split('\n')[0] ?? error.message,
      });
    }
    return document.errors.length > 0 ? [] : [{ path, text, value: document.toJS() as unknown }];
  });
}

/** The content hash that names a bundle: over every path and text, in order. */
export function bundleVersion(files: BundleFile[]): string {
  return `sha256:${sha256Hex(JSON.stringify(files.map(({ path, text }) => [path, text])))}`;
}

/** Line of the first occurrence of a rule or limit id, for messages. */
export function lineOf(text: string, id: string): number {
  const index = text.split('\n').findIndex((line) => line.includes(`id: ${id}`));
  return index + 1;
}
