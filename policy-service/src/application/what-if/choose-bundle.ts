import type { Bundle } from '../../domain/bundle';
import type { Deps } from '../deps';
import { storedBundle } from '../policies/stored-bundle';
import type { SourceFile } from '../ports';

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
