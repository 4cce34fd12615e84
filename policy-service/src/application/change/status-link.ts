import { timingSafeEqual } from 'node:crypto';
import { sha256Hex } from '../../domain/canonical-json';
import type { GovernedRequest } from '../../domain/request/request';
import { requestNamedBy, secretOf, statusTokenOf } from '../../domain/request/status-token';
import { isOver } from '../../domain/service-time';
import type { Deps } from './deps';

/** A new link's token as it is stored: whoever reads the database alone opens no status page. */
export function newStatusToken(
  { random, sealer }: Pick<Deps, 'random' | 'sealer'>,
  requestId: string,
): string {
  return statusTokenOf(requestId, sealer.seal(random.secret()));
}

/** The address of the requester's page; undefined when the key that it was sealed with is gone. */
export function statusLink(
  { sealer, settings }: Pick<Deps, 'sealer' | 'settings'>,
  { id, statusToken }: GovernedRequest,
): string | undefined {
  const secret = sealer.open(secretOf(statusToken));
  if (secret === undefined) return undefined;
  const named = requestNamedBy(statusToken) !== undefined;
  return `${settings.publicUrl}/status/${named ? statusTokenOf(id, secret) : secret}`;
}

/** The request whose page a token opens, while the link is good. */
export async function requestOfStatusToken(
  { store, sealer, clock }: Pick<Deps, 'store' | 'sealer' | 'clock'>,
  token: string,
): Promise<GovernedRequest | undefined> {
  const id = requestNamedBy(token);
  const found = await (id === undefined ? store.requestByStatusToken(token) : store.request(id));
  if (!found) return undefined;
  const { createdAt: from, statusExpiresAt: until } = found.value;
  if (isOver({ from, until }, clock.now())) return undefined;
  const secret = sealer.open(secretOf(found.value.statusToken));
  return secret !== undefined && isSame(secret, secretOf(token)) ? found.value : undefined;
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256Hex(a)), Buffer.from(sha256Hex(b)));
}
