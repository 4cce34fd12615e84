import { AppError } from '../../domain/errors';
import type { Bundle } from '../../domain/bundle';
import type { Deps } from '../deps';
import type { SourceFile, Store } from '../ports';

/** Which policy a what-if asks: the active one, a stored version, and files laid over it. */
export interface BundleChoice {
  /** Full content hash, or its unambiguous beginning; absent: the active one. */
  version?: string;
  /** Each replaces the file of the same path, or is added. */
  files?: SourceFile[];
}

/**
 * The policy that is asked. Only read and compiled: its connectors are never connected, so that
 * nobody reaches an address or a secret of this process by naming it in a call.
 * @throws AppError `not_found`, `bundle_invalid`, `policy_unavailable`
 */
export async function chooseBundle(
  deps: Pick<Deps, 'store' | 'bundle' | 'bundles'>,
  choice: BundleChoice = {},
): Promise<Bundle> {
  if (choice.version === undefined && choice.files === undefined) return deps.bundle();
  const { version, files } = await storedBundle(
    deps.store,
    choice.version ?? deps.bundle().version,
  );
  const given = choice.files ?? [];
  const replaced = new Set(given.map(({ path }) => path));
  const laidOver = [...files.filter(({ path }) => !replaced.has(path)), ...given];
  return deps.bundles.read(laidOver, given.length > 0 ? 'of this call' : version).bundle;
}

/**
 * A stored bundle by its version, or by the first characters that people copy.
 * @throws AppError `not_found`, `invalid_parameter` where more than one begins so
 */
export async function storedBundle(
  store: Pick<Store, 'bundles' | 'bundleFiles'>,
  text: string,
): Promise<{ version: string; files: SourceFile[] }> {
  const wanted = text.startsWith('sha256:') ? text : `sha256:${text}`;
  const found = (await store.bundles()).filter((one) => one.version.startsWith(wanted));
  if (found.length > 1) {
    throw new AppError(
      'invalid_parameter',
      `More than one stored bundle begins with "${text.slice(0, 80)}". Write more of its version.`,
    );
  }
  const version = found[0]?.version;
  const files = version === undefined ? undefined : await store.bundleFiles(version);
  if (version === undefined || !files) {
    const shown = text.slice(0, 80);
    throw new AppError('not_found', `There is no stored bundle ${shown}. List them first.`);
  }
  return { version, files };
}
