import { randomBytes } from 'node:crypto';
import { assertMayVote } from './application/approvals/cast-vote';
import { activeStops } from './application/stops/active-stops';
import { knownTargets } from './application/stops/known-targets';
import { liftStop } from './application/stops/lift-stop';
import { stopExecution, type ControlActor } from './application/stops/stop';
import { stopToTell } from './application/views/tell-stop';
import type { Deps } from './application/change/deps';
import { damageInWords } from './application/change/log-broken';
import { messageFor } from './application/views/message';
import { reconcileNow, whyNotReconcile } from './application/execution/recovery/reconcile';
import { assertOperator, resolveOutcome } from './application/execution/resolve';
import { sessionOf, signIn, signOut } from './application/identity/sign-in';
import { requestOfStatusToken } from './application/change/status-link';
import { requestNotFound } from './application/change/change-request';
import { AppError } from './domain/errors';
import type { Person } from './domain/identity/identity';
import type { GovernedRequest } from './domain/request/request';
import { readApproval, voteOnApproval } from './application/approvals/vote';
import { twinsOf } from './application/approvals/twins';
import { doubtInWords } from './application/watch-clock';
import { budgetOf, type RateLimit } from './http/rate-limit';
import type { WebDeps } from './web/deps';
import { whatIfDeps } from './what-if-deps';

/** What one page of a timeline holds at most: a browser has to show it all. */
const TIMELINE_PAGE = { limit: 100, maxBytes: 250_000 };

/** The use cases behind the web pages. */
export function webDeps(deps: Deps, rateLimit: RateLimit): WebDeps {
  const request = async (id: string): Promise<GovernedRequest> => {
    const found = await deps.store.request(id);
    if (!found) throw requestNotFound(id);
    return found.value;
  };
  const traceId = (): string => randomBytes(16).toString('hex');
  const personActor = (person: Person): ControlActor => ({
    actor: { kind: 'person', id: person.email },
    traceId: traceId(),
  });
  return {
    signIn: (attempt) => signIn(deps, { ...attempt, traceId: traceId() }),
    signOut: (cookie) => signOut(deps, cookie),
    session: (cookie) => sessionOf(deps, cookie),
    approvals: (filter) => deps.store.approvals(filter),
    approval: (id) => readApproval(deps, id),
    request,
    requests: (filter) => deps.store.requests(filter),
    vote: ({ person, approvalId, ...ballot }) =>
      voteOnApproval(deps, person, traceId(), approvalId, ballot),
    async mayVote(person, shown) {
      try {
        const { role } = await assertMayVote(deps, person, shown, await request(shown.requestId));
        return { allowed: true, role };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { allowed: false, why: error.message };
      }
    },
    async timeline(id, upTo) {
      const { items, nextFrom } = await deps.store.log.entries({
        requestId: id,
        order: 'desc',
        from: upTo,
        ...TIMELINE_PAGE,
      });
      return { entries: items.reverse(), earlier: nextFrom };
    },
    statusByToken: (token) => requestOfStatusToken(deps, token),
    activeStops: () => activeStops(deps.store),
    twinsOf: (shown) => twinsOf(deps, shown),
    stopOf: (shown) => stopToTell(deps, shown),
    controls: (filter) => deps.store.controls(filter),
    async stopChoices() {
      const known = knownTargets(deps);
      const title = (id: string): string => deps.bundle().action(id)?.title ?? id;
      const tokens = (await deps.store.tokens()).filter(({ revokedAt }) => revokedAt === undefined);
      return {
        actions: (known?.actions ?? []).map((id) => ({ id, title: title(id) })),
        connectors: [...(known?.connectors ?? [])],
        tokens: tokens.map(({ id, name }) => ({ id, name })),
      };
    },
    mayOperate(person) {
      try {
        assertOperator(person);
        return { allowed: true };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { allowed: false, why: error.message };
      }
    },
    whyNotReconcile: (shown) => whyNotReconcile(deps, shown),
    async reconcile(person, id) {
      assertOperator(person);
      await reconcileNow(deps, { kind: 'person', person, traceId: traceId() }, id);
    },
    resolve: (person, id, finding) =>
      resolveOutcome(deps, { kind: 'person', person, traceId: traceId() }, id, finding),
    stop(person, order) {
      assertOperator(person);
      return stopExecution(deps, personActor(person), order, knownTargets(deps));
    },
    lift(person, id, reason) {
      assertOperator(person);
      return liftStop(deps, personActor(person), id, reason);
    },
    message: (shown) => messageFor(shown),
    async logProblem() {
      const damage = await deps.store.log.damage();
      return damage && damageInWords(damage);
    },
    clockProblem() {
      const doubt = deps.clock.doubt?.();
      return doubt && doubtInWords(doubt);
    },
    policies: {
      state: () => deps.policy.state,
      activations: (page) => deps.store.activations(page),
    },
    whatIf: whatIfDeps(deps),
    takeCall: ({ person, address }) =>
      rateLimit.take(person ? budgetOf.person(person.email) : budgetOf.address(address)),
    refused: ({ person, ...call }, error) => {
      const caller = person && { kind: 'person' as const, person, traceId: traceId() };
      return deps.calls.refused({ ...call, caller, traceId: traceId() }, error);
    },
    unexpected: (error) => deps.log.error({ err: error }, 'unexpected error on a page'),
    publicUrl: deps.settings.publicUrl,
    now: () => deps.clock.now(),
  };
}
