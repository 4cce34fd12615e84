import { requestAnswer } from '../../application/answer';
import { cancelDraft } from '../../application/cancel-request';
import { decideDraft } from '../../application/decide-request';
import type { Draft } from '../../application/draft';
import { proposeRequest, type Proposal } from '../../application/propose-request';
import { recordEvent, type CustomEvent } from '../../application/record-event';
import { registerCallback } from '../../application/register-callback';
import { changeRequest, requestNotFound } from '../../application/unit-of-work';
import { validateDraft } from '../../application/validate-request';
import type { Approval } from '../../domain/approval';
import type { GovernedRequest } from '../../domain/request';
import { CALLBACK, CANCELLATION, EVENT, NOTHING, PROPOSAL, RESUBMISSION } from '../body-schemas';
import type { Route, RouteContext } from '../route';

/** Commands on a request by service tokens, in the order of its life. */
export const requestCommands: Route[] = [
  {
    method: 'post',
    path: '/v1/requests',
    tag: 'Requests',
    summary: 'Create a request and extract its intent',
    access: { kind: 'token', scopes: ['requests:propose'] },
    idempotencyKey: 'required',
    body: PROPOSAL,
    status: 201,
    answer: 'Request',
    handle: async (ctx) =>
      answerOf(
        ctx,
        await proposeRequest(ctx.deps, ctx.caller, ctx.body as unknown as Proposal, recorder(ctx)),
      ),
  },
  {
    method: 'post',
    path: '/v1/requests/{id}/validate',
    tag: 'Requests',
    summary: 'Check the arguments against the schema and the entities against the ERP',
    access: { kind: 'token', scopes: ['requests:propose'] },
    idempotencyKey: 'optional',
    body: NOTHING,
    status: 200,
    answer: 'Request',
    handle: (ctx) => change(ctx, (draft) => validateDraft(ctx.deps, draft)),
  },
  {
    method: 'post',
    path: '/v1/requests/{id}/decide',
    tag: 'Requests',
    summary: 'Decide by the rules on exact values, facts and limits',
    access: { kind: 'token', scopes: ['requests:decide'] },
    idempotencyKey: 'optional',
    body: NOTHING,
    status: 200,
    answer: 'Request',
    handle: (ctx) => change(ctx, (draft) => decideDraft(ctx.deps, draft)),
  },
  {
    method: 'post',
    path: '/v1/requests/{id}/execute',
    tag: 'Requests',
    summary: 'Execute once; a repeat answers with the one execution',
    access: { kind: 'token', scopes: ['requests:execute'] },
    idempotencyKey: 'required',
    body: NOTHING,
    status: 200,
    answer: 'Request',
    handle: async (ctx) => {
      const request = await ctx.executeRequest.run(ctx.caller, ctx.params['id'] ?? '');
      return view(ctx, request);
    },
  },
  {
    method: 'post',
    path: '/v1/requests/{id}/cancel',
    tag: 'Requests',
    summary: 'Cancel a request that has not begun to execute',
    access: { kind: 'token', scopes: ['requests:propose'], orPeople: true },
    idempotencyKey: 'optional',
    body: CANCELLATION,
    status: 200,
    answer: 'Request',
    handle: (ctx) =>
      change(ctx, (draft) =>
        cancelDraft(ctx.deps, draft, ctx.body['reason'] as string | undefined),
      ),
  },
  {
    method: 'post',
    path: '/v1/requests/{id}/callbacks',
    tag: 'Requests',
    summary: 'Register the signed n8n URL to call when the approval ends',
    access: { kind: 'token', scopes: ['requests:propose'] },
    idempotencyKey: 'optional',
    body: CALLBACK,
    status: 200,
    answer: 'Request',
    handle: (ctx) =>
      change(ctx, (draft) => registerCallback(ctx.deps, draft, String(ctx.body['resumeUrl']))),
  },
  {
    method: 'post',
    path: '/v1/requests/{id}/resubmit',
    tag: 'Requests',
    summary: 'Make a new request from an edited one; the old one stays as it is',
    access: { kind: 'token', scopes: ['requests:propose'] },
    idempotencyKey: 'optional',
    body: RESUBMISSION,
    status: 201,
    answer: 'Request',
    handle: async (ctx) => {
      const original = await load(ctx);
      const edited = ctx.body as unknown as Pick<Proposal, 'requestText' | 'intent'>;
      const proposal: Proposal = {
        source: original.source,
        requestedBy: original.subject.requestedBy,
        context: original.context,
        resubmittedFrom: original.id,
        ...edited,
      };
      return answerOf(ctx, await proposeRequest(ctx.deps, ctx.caller, proposal, recorder(ctx)));
    },
  },
  {
    method: 'post',
    path: '/v1/requests/{id}/events',
    tag: 'Requests',
    summary: "Add a caller's own event to the timeline",
    access: { kind: 'token', scopes: ['audit:write'] },
    idempotencyKey: 'optional',
    body: EVENT,
    status: 201,
    answer: 'Event',
    handle: async (ctx) => {
      const answer = (draft: Draft): EventAnswer => ({
        requestId: draft.request.id,
        type: `custom.${String(ctx.body['type'])}`,
        at: draft.now.toISOString(),
      });
      const { draft } = await changeRequest(
        ctx.deps,
        ctx.caller,
        ctx.params['id'] ?? '',
        (current) => recordEvent(current, ctx.body as unknown as CustomEvent),
        (current) => ctx.record?.(answer(current)),
      );
      return answer(draft);
    },
    complete: async (ctx, answer) => {
      const { requestId, type, at } = answer as EventAnswer;
      const entries = await ctx.deps.store.log.entries({ requestId, type, limit: 1000 });
      const stored = entries.find(({ entry }) => entry.at === at);
      return {
        ...(answer as EventAnswer),
        sequence: stored?.entry.sequence,
        leafHash: stored?.leafHash,
      };
    },
  },
];

interface EventAnswer {
  requestId: string;
  type: string;
  at: string;
}

async function change(
  ctx: RouteContext,
  step: (draft: Draft) => Promise<void> | void,
): Promise<unknown> {
  const { draft } = await changeRequest(
    ctx.deps,
    ctx.caller,
    ctx.params['id'] ?? '',
    step,
    (changed) => ctx.record?.(answerOf(ctx, changed)),
  );
  return answerOf(ctx, draft);
}

function recorder(
  ctx: RouteContext,
): ((draft: Draft) => ReturnType<NonNullable<RouteContext['record']>>) | undefined {
  const { record } = ctx;
  return record && ((draft) => record(answerOf(ctx, draft)));
}

function answerOf(ctx: RouteContext, draft: Draft): unknown {
  return requestAnswer(draft.request, draft.approval, ctx.deps.settings.publicUrl);
}

/** The answer for a request that is read, with its approval. */
export async function view(ctx: RouteContext, request: GovernedRequest): Promise<unknown> {
  const approval: Approval | undefined = request.approvalId
    ? (await ctx.deps.store.approval(request.approvalId))?.value
    : undefined;
  return requestAnswer(request, approval, ctx.deps.settings.publicUrl);
}

/** @throws AppError `not_found` */
export async function load(ctx: RouteContext): Promise<GovernedRequest> {
  const id = ctx.params['id'] ?? '';
  const loaded = await ctx.deps.store.request(id);
  if (!loaded) throw requestNotFound(id);
  return loaded.value;
}
