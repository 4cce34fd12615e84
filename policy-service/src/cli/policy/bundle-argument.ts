import { statSync } from 'node:fs';
import { namedBundle } from '../../application/policies/stored-bundle';
import type { SourceFile, Store } from '../../application/ports';
import { readBundleFolder } from '../../bundle/read-folder';
import { bundleVersion, inOrder } from '../../bundle/source-files';

/** Whether an argument means a folder; anything else is a version. */
export function isFolder(argument: string): boolean {
  return statSync(argument, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * The files that an argument means: a folder, `active`, or a stored version or its beginning.
 * @param withStore opens the data directory; a folder needs none
 * @throws AppError `not_found`; BundleError when the folder cannot be read
 */
export async function bundleOf(
  argument: string,
  withStore: <T>(work: (store: Store) => Promise<T>) => Promise<T>,
): Promise<{ version: string; files: SourceFile[] }> {
  if (!isFolder(argument)) return withStore((store) => namedBundle(store, argument));
  const files = inOrder(readBundleFolder(argument));
  return { version: bundleVersion(files), files };
}
