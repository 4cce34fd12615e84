import { undoId } from '../../domain/catalogue/undo';
import type { Control } from '../../domain/stops/stop';
import type { Caller } from '../change/caller';
import type { Deps } from '../change/deps';
import type { Page } from '../ports';

/**
 * Stops as a caller may read them. A token with a list of actions reads those that can hold back
 * what it does: of everything, of its actions and the connectors that they use, and of itself.
 * A page may hold fewer items than were asked for.
 */
export async function visibleStops(
  deps: Pick<Deps, 'store' | 'policy'>,
  caller: Caller,
  filter: { active: boolean; limit: number; cursor?: string },
): Promise<Page<Control>> {
  const page = await deps.store.controls(filter);
  if (caller.kind !== 'token' || !caller.token.actions) return page;
  const { id, actions } = caller.token;
  const { state } = deps.policy;
  const own = actions.flatMap((action) => [action, undoId(action)]);
  const connectors = new Set(
    own.map((action) => (state.valid ? state.bundle.action(action)?.connector : undefined)),
  );
  const concerns = ({ target }: Control): boolean => {
    switch (target.kind) {
      case 'all':
        return true;
      case 'action':
        return own.includes(target.id);
      case 'connector':
        return connectors.has(target.id);
      case 'token':
        return target.id === id;
      case 'requester':
        return false;
    }
  };
  return { ...page, items: page.items.filter(concerns) };
}
