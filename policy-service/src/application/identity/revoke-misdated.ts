import { isLater } from '../../domain/service-time';
import { revokeToken, type IdentityDeps } from './manage-identities';
import { wasAhead } from '../ports';

/**
 * Revokes tokens with an end that were created while the date was ahead, once it was set right:
 * they would come to life again later, and last longer than was meant.
 */
export async function revokeMisdated(deps: IdentityDeps): Promise<void> {
  if (!wasAhead(deps.clock)) return;
  const now = deps.clock.now();
  for (const { id, createdAt, expiresAt } of await deps.store.tokens()) {
    if (expiresAt !== undefined && isLater(createdAt, now)) await revokeToken(deps, id);
  }
}
