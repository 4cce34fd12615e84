import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from '../application/ports';
import { BundleError } from './bundle-error';
import { BUNDLE_FOLDERS } from './source-files';

/** A folder of a bundle may lack its tests, never one of these. */
const NEEDED: readonly string[] = BUNDLE_FOLDERS.filter((name) => name !== 'tests');

/**
 * Reads every YAML file of catalogue/, policies/, connectors/ and tests/ below a folder.
 * @throws BundleError when a folder cannot be read
 */
export function readBundleFolder(folder: string): SourceFile[] {
  const files: SourceFile[] = [];
  const unreadable: string[] = [];
  for (const part of BUNDLE_FOLDERS) {
    let names: string[];
    try {
      names = readdirSync(join(folder, part)).filter((name) => /\.ya?ml$/.test(name));
    } catch {
      if (NEEDED.includes(part)) unreadable.push(part);
      continue;
    }
    for (const name of names.sort()) {
      const path = `${part}/${name}`;
      files.push({ path, text: readFileSync(join(folder, path), 'utf8') });
    }
  }
  if (unreadable.length > 0) {
    throw new BundleError(
      folder,
      unreadable.map((part) => ({
        where: part,
        message: `the folder ${join(folder, part)} cannot be read`,
      })),
    );
  }
  return files;
}
