import { actionsOf, actorOf, type Caller } from '../../application/change/caller';
import { knownTargets } from '../../application/stops/known-targets';
import { liftStop } from '../../application/stops/lift-stop';
import { visibleStops } from '../../application/stops/visible-stops';
import { stopExecution, type ControlActor, type StopOrder } from '../../application/stops/stop';
import { assertOperator } from '../../application/execution/resolve';
import { LIFT, STOP } from '../body-schemas';
import { bodyOf, type Access, type Route } from '../route';
import { PAGING, pageSize } from './reads';

const CONTROL: Access = { kind: 'token', scopes: ['controls:write'], orPeople: true };

/** The kill switch. */
export const controlRoutes: Route[] = [
  {
    method: 'get',
    path: '/v1/controls',
    tag: 'Controls',
    summary: 'List stops, newest first',
    access: CONTROL,
    query: { active: { enum: ['true'], description: 'Only stops that hold now' }, ...PAGING },
    status: 200,
    answer: 'ControlPage',
    handle: ({ deps, query, caller }) =>
      visibleStops(deps, caller, {
        active: query['active'] === 'true',
        limit: pageSize(query['limit']),
        cursor: query['cursor'],
      }),
  },
  {
    method: 'post',
    path: '/v1/controls',
    tag: 'Controls',
    summary: 'Stop executions; a target that is stopped already answers with its active stop',
    access: CONTROL,
    idempotencyKey: 'optional',
    body: STOP,
    status: 200,
    answer: 'Control',
    handle: (ctx) =>
      stopExecution(
        ctx.deps,
        actorIn(ctx.caller),
        bodyOf<StopOrder>(ctx),
        knownTargets(ctx.deps),
        ctx.record,
      ),
  },
  {
    method: 'post',
    path: '/v1/controls/{id}/lift',
    tag: 'Controls',
    summary: 'Lift a stop; what no other stop holds back may be executed again',
    access: CONTROL,
    idempotencyKey: 'optional',
    body: LIFT,
    status: 200,
    answer: 'Control',
    handle: (ctx) =>
      liftStop(
        ctx.deps,
        actorIn(ctx.caller),
        ctx.params['id'] ?? '',
        String(ctx.body['reason']),
        ctx.record,
      ),
  },
];

/** @throws AppError `insufficient_scope` for a person who is no operator */
function actorIn(caller: Caller): ControlActor {
  if (caller.kind === 'person') assertOperator(caller.person);
  return { actor: actorOf(caller), traceId: caller.traceId, actions: actionsOf(caller) };
}
