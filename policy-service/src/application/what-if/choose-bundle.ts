import type { Deps } from '../change/deps';
import { storedBundle } from '../policies/stored-bundle';
import type { SourceFile } from '../ports';
import type { AskedPolicy } from './asked-policy';
import { askInPlace } from './ask-in-place';

/** Which policy a what-if asks: the active one, a stored version, and files laid over it. */
export interface BundleChoice {
  /** Full content hash, or its unambiguous beginning; absent: the active one. */
  version?: string;
  /** Each replaces the file of the same path, or is added. */
  files?: SourceFile[];
}

type ChoiceDeps = Pick<Deps, 'store' | 'bundle' | 'sentBundles'>;

/**
 * The policy that is asked. Only read and compiled: its connectors are never connected, so that
 * nobody reaches an address or a secret of this process by naming it in a call. The active one
 * answers where it stands; every other one beside the service.
 * @param by whose turn it is, see turnOf
 * @throws AppError `not_found`, `policy_unavailable`; what SentBundles refuses when it is asked
 */
export async function chooseBundle(
  deps: ChoiceDeps,
  by: string,
  choice: BundleChoice = {},
): Promise<AskedPolicy> {
  const active = deps.bundle();
  if (choice.version === undefined && choice.files === undefined) return askInPlace(active);
  const { version, files } = await chosen(deps, choice);
  if (choice.files === undefined && version === active.version) return askInPlace(active);
  return deps.sentBundles.ask(files, choice.files === undefined ? version : 'of this call', by);
}

/**
 * As chooseBundle, for a whole period: then the active one too is asked beside the service.
 * @throws AppError as chooseBundle
 */
export async function chooseForReplay(
  deps: ChoiceDeps,
  by: string,
  choice: BundleChoice = {},
): Promise<AskedPolicy> {
  const { version, files } = await chosen(deps, choice);
  if (choice.files !== undefined) return deps.sentBundles.ask(files, 'of this call', by);
  const use = version === deps.bundle().version ? 'active' : 'new';
  return deps.sentBundles.ask(files, version, by, use);
}

async function chosen(
  deps: ChoiceDeps,
  choice: BundleChoice,
): Promise<{ version: string; files: SourceFile[] }> {
  const base = await storedBundle(deps.store, choice.version ?? deps.bundle().version);
  const given = choice.files ?? [];
  const replaced = new Set(given.map(({ path }) => path));
  const kept = base.files.filter(({ path }) => !replaced.has(path));
  return { version: base.version, files: [...kept, ...given] };
}
