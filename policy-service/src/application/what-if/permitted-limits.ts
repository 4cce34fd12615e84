import type { Bundle } from '../../domain/decision/bundle';
import { AppError } from '../../domain/errors';
import { actionsOf, type Caller } from '../change/caller';
import type { WhatIfSources } from './simulate';

/**
 * Reads only limits that the active policy has for actions that the caller may use: a policy that
 * somebody sends along must not tell what requests of other actions hold.
 */
export function permittedLimits(
  store: WhatIfSources['store'],
  active: Bundle,
  caller: Caller,
): WhatIfSources['store'] {
  const own = actionsOf(caller);
  if (!own) return store;
  const known = new Set(
    own.flatMap((id) => active.policy(id)?.limits.map(({ rule }) => rule.id) ?? []),
  );
  const assertOwn = (limitId: string): void => {
    if (known.has(limitId)) return;
    throw new AppError(
      'invalid_parameter',
      `The active policy has no limit "${limitId.slice(0, 80)}" for an action that you may use. Give what others hold of it under used.`,
    );
  };
  return {
    person: (email) => store.person(email),
    people: () => store.people(),
    async limitUsed(limitId, ...more) {
      assertOwn(limitId);
      return store.limitUsed(limitId, ...more);
    },
    async limitHolders(limitId, ...more) {
      assertOwn(limitId);
      return store.limitHolders(limitId, ...more);
    },
  };
}
