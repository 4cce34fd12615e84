import { randomBytes } from 'node:crypto';
import { assertMayVote } from './application/cast-vote';
import type { Deps } from './application/deps';
import { messageFor } from './application/message';
import { sessionOf, signIn, signOut } from './application/sign-in';
import { requestNotFound } from './application/unit-of-work';
import { AppError } from './domain/errors';
import type { GovernedRequest } from './domain/request';
import { readApproval, voteOnApproval } from './application/vote-on-approval';
import type { WebDeps } from './web/deps';

/** A page shows the newest entries; the API pages through all. */
const TIMELINE_ENTRIES = 1000;

/** The use cases behind the web pages. */
export function webDeps(deps: Deps): WebDeps {
  const request = async (id: string): Promise<GovernedRequest> => {
    const found = await deps.store.request(id);
    if (!found) throw requestNotFound(id);
    return found.value;
  };
  const traceId = (): string => randomBytes(16).toString('hex');
  return {
    signIn: (email, password) => signIn(deps, email, password, traceId()),
    signOut: (cookie) => signOut(deps, cookie),
    session: (cookie) => sessionOf(deps, cookie),
    approvals: (filter) => deps.store.approvals(filter),
    approval: (id) => readApproval(deps, id),
    request,
    requests: (filter) => deps.store.requests(filter),
    vote: ({ person, approvalId, vote, digest, comment }) =>
      voteOnApproval(deps, person, traceId(), approvalId, { vote, digest, comment }),
    async mayVote(person, shown) {
      try {
        const { role } = await assertMayVote(deps, person, shown, await request(shown.requestId));
        return { allowed: true, role };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { allowed: false, why: error.message };
      }
    },
    async timeline(id) {
      const newest = { requestId: id, order: 'desc' as const, limit: TIMELINE_ENTRIES };
      return (await deps.store.log.entries(newest)).reverse();
    },
    async statusByToken(token) {
      const found = await deps.store.requestByStatusToken(token);
      const over = !found || found.value.statusExpiresAt <= deps.clock.now().toISOString();
      return over ? undefined : found.value;
    },
    message: (shown) => messageFor(shown),
    unexpected: (error) => deps.log.error({ err: error }, 'unexpected error on a page'),
    publicUrl: deps.settings.publicUrl,
    now: () => deps.clock.now(),
  };
}
