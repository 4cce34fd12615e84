import { AppError } from '../../domain/errors';
import type { IdempotencyRecord, Store } from '../ports';
import { activateBundle, type ActivationResult } from './activate-bundle';
import type { PolicyActor, PolicyDeps } from './policy-deps';

const PAGE = 100;

/**
 * Activates the version that was active before the present one. Doing it twice leads back.
 * @throws AppError `not_found` when there was none; else as activateBundle
 */
export async function rollBack(
  deps: PolicyDeps,
  by: PolicyActor,
  reason: string,
  recordAnswer?: (result: ActivationResult) => IdempotencyRecord,
): Promise<ActivationResult> {
  const version = await previousVersion(deps.store);
  if (!version) {
    throw new AppError('not_found', 'No other version was active before, so there is no way back.');
  }
  return activateBundle(deps, by, version, reason, recordAnswer);
}

async function previousVersion(store: Pick<Store, 'activations'>): Promise<string | undefined> {
  let active: string | undefined;
  for (let cursor: string | undefined; ;) {
    const page = await store.activations({ limit: PAGE, cursor });
    active ??= page.items[0]?.version;
    const previous = page.items.find(({ version }) => version !== active);
    if (previous || page.nextCursor === undefined) return previous?.version;
    cursor = page.nextCursor;
  }
}
