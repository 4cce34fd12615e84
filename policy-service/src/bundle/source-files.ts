import type { SourceFile } from '../application/ports';
import { sha256Hex } from '../domain/canonical-json';
import type { BundleProblem } from './yaml-file';

/** Parts of a bundle, each a folder of YAML files. */
export const BUNDLE_FOLDERS = ['catalogue', 'policies', 'connectors', 'tests'] as const;

const PATH = new RegExp(
  `^(${BUNDLE_FOLDERS.join('|')})/[A-Za-z0-9_][A-Za-z0-9_.-]{0,119}\\.ya?ml$`,
);

/** Files in the one order that the version is computed in. */
export function inOrder(files: SourceFile[]): SourceFile[] {
  return files
    .map(({ path, text }) => ({ path, text }))
    .sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
}

/** The content hash that names a bundle: over every path and text. @param files in order */
export function bundleVersion(files: SourceFile[]): string {
  return `sha256:${sha256Hex(JSON.stringify(files.map(({ path, text }) => [path, text])))}`;
}

/** What is wrong with the list itself: unknown places, a path twice, nothing to decide by. */
export function listProblems(files: SourceFile[]): BundleProblem[] {
  const paths = files.map(({ path }) => path);
  const twice = new Set(paths.filter((path, index) => paths.indexOf(path) !== index));
  return [
    ...paths
      .filter((path) => !PATH.test(path))
      .map((path) => ({
        where: path.slice(0, 120),
        message: `is no file of a bundle; files are ${BUNDLE_FOLDERS.map((name) => `${name}/<name>.yaml`).join(', ')}`,
      })),
    ...[...twice].map((path) => ({ where: path, message: 'is there twice' })),
    ...['catalogue', 'policies']
      .filter((part) => !paths.some((path) => path.startsWith(`${part}/`)))
      .map((part) => ({ where: part, message: `there is no file ${part}/<name>.yaml` })),
  ];
}
