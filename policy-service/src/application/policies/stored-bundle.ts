import { AppError } from '../../domain/errors';
import type { SourceFile, Store } from '../ports';

/** Fewer characters are too easily mistyped into another version. */
const BEGINNING = /^sha256:[0-9a-f]{6,64}$/;

/**
 * A stored bundle by its version, or by the first characters that people copy.
 * @throws AppError `not_found`, `invalid_parameter` where more than one begins so
 */
export async function storedBundle(
  store: Pick<Store, 'bundles' | 'bundleFiles'>,
  text: string,
): Promise<{ version: string; files: SourceFile[] }> {
  const wanted = text.startsWith('sha256:') ? text : `sha256:${text}`;
  const found = BEGINNING.test(wanted)
    ? (await store.bundles()).filter((one) => one.version.startsWith(wanted))
    : [];
  if (found.length > 1) {
    throw new AppError(
      'invalid_parameter',
      `More than one stored bundle begins with "${text.slice(0, 80)}". Write more of its version.`,
    );
  }
  const version = found[0]?.version;
  const files = version === undefined ? undefined : await store.bundleFiles(version);
  if (version === undefined || !files) {
    const what = BEGINNING.test(wanted) ? 'stored bundle' : 'folder or stored bundle';
    throw new AppError(
      'not_found',
      `There is no ${what} ${text.slice(0, 80)}. Check the spelling.`,
    );
  }
  return { version, files };
}

/**
 * A stored bundle with its files.
 * @param name `active`, a version, or its unambiguous beginning
 * @throws AppError `not_found`, `invalid_parameter`
 */
export async function namedBundle(
  store: Pick<Store, 'bundles' | 'bundleFiles' | 'activations'>,
  name: string,
): Promise<{ version: string; files: SourceFile[] }> {
  if (name !== 'active') return storedBundle(store, name);
  const [active] = (await store.activations({ limit: 1 })).items;
  if (!active) throw new AppError('not_found', 'No policy was ever activated.');
  return storedBundle(store, active.version);
}
