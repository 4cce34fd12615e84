import type { Caller } from '../../application/change/caller';
import { AppError } from '../../domain/errors';
import { reconcileNow } from '../../application/execution/recovery/reconcile';
import { assertOperator, resolveOutcome, type Finding } from '../../application/execution/resolve';
import { FINDING, NOTHING } from '../body-schemas';
import { bodyOf, type Route, type RouteContext } from '../route';
import { load, view } from './requests';

/** What operators do about an outcome that nobody knows. */
export const operatorRoutes: Route[] = [
  {
    method: 'post',
    path: '/v1/requests/{id}/reconcile',
    tag: 'Operators',
    summary: 'Look into an unknown outcome now, with the same idempotency key',
    access: { kind: 'people' },
    body: NOTHING,
    status: 200,
    answer: 'Request',
    handle: async (ctx) => {
      assertOperator(personOf(ctx).person);
      await reconcileNow(ctx.deps, ctx.caller, ctx.params['id'] ?? '');
      return view(ctx, await load(ctx));
    },
  },
  {
    method: 'post',
    path: '/v1/requests/{id}/resolution',
    tag: 'Operators',
    summary: 'Say what a person found out about an unknown outcome, with evidence',
    access: { kind: 'people' },
    body: FINDING,
    status: 200,
    answer: 'Request',
    handle: async (ctx) => {
      const id = ctx.params['id'] ?? '';
      await resolveOutcome(ctx.deps, personOf(ctx), id, bodyOf<Finding>(ctx));
      return view(ctx, await load(ctx));
    },
  },
];

function personOf({ caller }: RouteContext): Caller & { kind: 'person' } {
  if (caller.kind !== 'person')
    throw new AppError('insufficient_scope', 'Only a person can do this.');
  return caller;
}
