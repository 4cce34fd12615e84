import { compensateRequest, type Undoing } from '../../application/execution/compensate';
import { issuePermit, type IssuedPermit } from '../../application/execution/permits/issue-permit';
import {
  reportOutcome,
  type OutcomeReport,
} from '../../application/execution/permits/report-outcome';
import { COMPENSATION, NOTHING, OUTCOME_REPORT } from '../body-schemas';
import { bodyOf, type Route } from '../route';
import { answerOf, change, completeRequest, explained, recorder } from './requests';

/** Undoing what was executed, and writes that somebody else does under a permit. */
export const compensationRoutes: Route[] = [
  {
    method: 'post',
    path: '/v1/requests/{id}/compensate',
    tag: 'Requests',
    summary: 'Ask for an executed request to be undone: a new request, decided at once',
    access: { kind: 'token', scopes: ['requests:execute'] },
    idempotencyKey: 'required',
    body: COMPENSATION,
    status: 201,
    answer: 'Request',
    complete: completeRequest,
    handle: async (ctx) => {
      const id = ctx.params['id'] ?? '';
      const undoing = bodyOf<Undoing>(ctx);
      return explained(ctx, id, async () =>
        answerOf(ctx, await compensateRequest(ctx.deps, ctx.caller, id, undoing, recorder(ctx))),
      );
    },
  },
  {
    method: 'post',
    path: '/v1/requests/{id}/permits',
    tag: 'External executor',
    summary: 'Give one permit to do the write of an action with an external executor',
    access: { kind: 'token', scopes: ['requests:execute'] },
    idempotencyKey: 'optional',
    body: NOTHING,
    status: 201,
    answer: 'Permit',
    handle: async (ctx) => {
      const { record, params } = ctx;
      const id = params['id'] ?? '';
      // The secret is not part of what is stored, so a repeat cannot show it again.
      const store = record && ((permit: IssuedPermit) => record(permit));
      return explained(ctx, id, () => issuePermit(ctx.deps, ctx.caller, id, store));
    },
  },
  {
    method: 'post',
    path: '/v1/requests/{id}/outcome',
    tag: 'External executor',
    summary: 'Report what became of the write under a permit, once',
    access: { kind: 'token', scopes: ['requests:execute'] },
    idempotencyKey: 'optional',
    body: OUTCOME_REPORT,
    status: 200,
    answer: 'Request',
    complete: completeRequest,
    handle: (ctx) => change(ctx, (draft) => reportOutcome(draft, bodyOf<OutcomeReport>(ctx))),
  },
];
