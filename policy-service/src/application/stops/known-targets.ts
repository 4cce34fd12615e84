import { AppError } from '../../domain/errors';
import { undoId } from '../../domain/catalogue/undo';
import type { Deps } from '../change/deps';

/** What the active catalogue offers to be stopped. */
export interface KnownTargets {
  actions: readonly string[];
  connectors: readonly string[];
}

/**
 * Actions with their undoing, where there is one, and the connectors that actions use.
 * Undefined while no bundle is active: a stop is possible all the same.
 */
export function knownTargets(deps: Pick<Deps, 'bundle'>): KnownTargets | undefined {
  try {
    const bundle = deps.bundle();
    if (bundle.actions.length === 0) return undefined;
    const ids = bundle.actions.flatMap(({ id }) => [id, undoId(id)]);
    const connectors = bundle.actions.map(({ connector }) => connector);
    return {
      actions: ids.filter((id) => bundle.action(id) !== undefined),
      connectors: [...new Set(connectors)],
    };
  } catch (error) {
    if (error instanceof AppError && error.code === 'policy_unavailable') return undefined;
    throw error;
  }
}
