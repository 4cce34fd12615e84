import { requestAnswer, type RequestAnswer } from '../../application/views/answer';
import { assertMayReach } from '../../application/change/caller';
import { cancelDraft } from '../../application/requests/cancel';
import { tellStop } from '../../application/views/tell-stop';
import { decideDraft } from '../../application/decisions/decide';
import type { Draft } from '../../application/change/draft';
import { proposeRequest, type Proposal } from '../../application/requests/propose';
import { recordEvent, type CustomEvent } from '../../application/audit-log/record-event';
import { registerCallback } from '../../application/notices/register-callback';
import { changeRequest, requestNotFound } from '../../application/change/change-request';
import { validateDraft } from '../../application/requests/validate';
import type { LogReader } from '../../application/ports';
import type { StoredEntry } from '../../audit/entry';
import type { Approval } from '../../domain/approval/approval';
import { AppError } from '../../domain/errors';
import type { GovernedRequest } from '../../domain/request/request';
import { CALLBACK, CANCELLATION, EVENT, NOTHING, PROPOSAL, RESUBMISSION } from '../body-schemas';
import { bodyOf, type Route, type RouteContext } from '../route';

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
    complete: completeRequest,
    handle: async (ctx) =>
      answerOf(
        ctx,
        await proposeRequest(ctx.deps, ctx.caller, bodyOf<Proposal>(ctx), recorder(ctx)),
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
    complete: completeRequest,
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
    complete: completeRequest,
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
    handle: (ctx) => execute(ctx, ctx.params['id'] ?? ''),
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
    complete: completeRequest,
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
    complete: completeRequest,
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
    complete: completeRequest,
    handle: async (ctx) => {
      const original = await load(ctx);
      const edited = bodyOf<Pick<Proposal, 'requestText' | 'intent'>>(ctx);
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
      const eventId = ctx.deps.random.id('evt');
      const answer = (draft: Draft): EventAnswer => ({
        eventId,
        requestId: draft.request.id,
        type: `custom.${String(ctx.body['type'])}`,
        at: draft.now.toISOString(),
      });
      const { draft } = await changeRequest(
        ctx.deps,
        ctx.caller,
        ctx.params['id'] ?? '',
        (current) => recordEvent(current, eventId, bodyOf<CustomEvent>(ctx)),
        (current) => ctx.record?.(answer(current)),
      );
      return answer(draft);
    },
    complete: async (ctx, answer) => {
      const event = answer as EventAnswer;
      const stored = await findEvent(ctx.deps.store.log, event);
      return { ...event, sequence: stored?.sequence, leafHash: stored?.leafHash };
    },
  },
];

interface EventAnswer {
  eventId: string;
  requestId: string;
  type: string;
  at: string;
}

/** A repeat of an old event is looked for so far back: its caller must not keep others waiting. */
const PAGES_BACK = 20;

/** The log entry of a custom event, looked for from the newest backwards. */
async function findEvent(log: LogReader, event: EventAnswer): Promise<StoredEntry | undefined> {
  const { requestId, type, eventId } = event;
  let from: number | undefined;
  for (let pages = 0; pages < PAGES_BACK; pages += 1) {
    const page = await log.entries({ requestId, type, from, order: 'desc', limit: 100 });
    const found = page.items.find(({ entry }) => entry.data['eventId'] === eventId);
    if (found || page.nextFrom === undefined) return found;
    from = page.nextFrom;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return undefined;
}

export async function change(
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

export function recorder(
  ctx: RouteContext,
): ((draft: Draft) => ReturnType<NonNullable<RouteContext['record']>>) | undefined {
  const { record } = ctx;
  return record && ((draft) => record(answerOf(ctx, draft)));
}

export function answerOf(ctx: RouteContext, draft: Draft): unknown {
  return requestAnswer(ctx.deps, draft.request, draft.approval);
}

/**
 * Executes and answers with the request; a refusal carries the request as it is now.
 * @throws AppError `not_executable` with state, reasons and request
 */
export async function execute(ctx: RouteContext, id: string): Promise<unknown> {
  const before = await ctx.deps.store.request(id);
  const answer = await explained(ctx, id, async () =>
    view(ctx, await ctx.executeRequest.run(ctx.caller, id)),
  );
  // The execution is older than this call, whatever the call's key: nothing was sent for it.
  if (before?.value.execution) ctx.res.setHeader('Idempotent-Replayed', 'true');
  return answer;
}

/** Adds the request as it is now to the refusal of a write. */
export async function explained<T>(
  ctx: RouteContext,
  id: string,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const found = error instanceof AppError ? await ctx.deps.store.request(id) : undefined;
    if (!(error instanceof AppError) || error.code !== 'not_executable' || !found) throw error;
    throw new AppError(error.code, error.message, {
      reasons: [],
      ...error.extra,
      request: await view(ctx, found.value),
    });
  }
}

/** The answer for a request that is read, with its approval. */
export async function view(ctx: RouteContext, request: GovernedRequest): Promise<unknown> {
  const approval: Approval | undefined = request.approvalId
    ? (await ctx.deps.store.approval(request.approvalId))?.value
    : undefined;
  return tellStop(ctx.deps, requestAnswer(ctx.deps, request, approval));
}

/** Adds the stop that holds the request of an answer back now. */
export function completeRequest(ctx: RouteContext, answer: unknown): Promise<unknown> {
  return tellStop(ctx.deps, answer as RequestAnswer);
}

/** @throws AppError `not_found`, `action_not_permitted` */
export async function load(ctx: RouteContext): Promise<GovernedRequest> {
  const id = ctx.params['id'] ?? '';
  const loaded = await ctx.deps.store.request(id);
  if (!loaded) throw requestNotFound(id);
  assertMayReach(ctx.caller, loaded.value);
  return loaded.value;
}
