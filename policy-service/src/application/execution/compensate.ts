import type { Action } from '../../domain/catalogue/action';
import { after, STATUS_LINK_SECONDS } from '../../domain/deadlines';
import { AppError } from '../../domain/errors';
import type { GovernedRequest } from '../../domain/request/request';
import { mayHaveBeenWritten } from '../../domain/request/restored';
import { isTerminal } from '../../domain/request/states';
import { undoId } from '../../domain/catalogue/undo';
import { assertMayUse, type Caller } from '../change/caller';
import { decideDraft } from '../decisions/decide';
import type { Deps } from '../change/deps';
import { Draft } from '../change/draft';
import { momentBy, type IdempotencyRecord } from '../ports';
import { newSubject, subjectOf } from '../requests/propose';
import { commit, loadDraft, retryConflicts } from '../change/change-request';
import { validateDraft } from '../requests/validate';
import { newStatusToken } from '../change/status-link';

export interface Undoing {
  /** Why it is undone, for approvers and the log. */
  reason: string;
  /** Who wants it: a claim. Default: who asked for the original. */
  requestedBy?: string;
}

/**
 * Asks for an executed request to be undone: a new request that is validated and decided at once,
 * and then approved and executed like any other. Both name each other. Asked again, there is the
 * same one, unless it ended without writing.
 * @returns the compensation
 * @throws AppError `not_executable` with the state and a reason: not executed, or not to be undone
 */
export async function compensateRequest(
  deps: Deps,
  caller: Caller,
  originalId: string,
  undoing: Undoing,
  recordAnswer?: (draft: Draft) => IdempotencyRecord,
): Promise<Draft> {
  return retryConflicts(async () => {
    const original = await loadDraft(deps, caller, originalId);
    assertMayUse(caller, undoId(original.request.intent?.action ?? ''));
    const existing = await underWay(deps, caller, original.request);
    if (existing) return existing;
    const action = undoOf(deps, original.request);
    const draft = await compensationOf(deps, caller, original.request, action, undoing);
    original.request = { ...original.request, compensatedBy: draft.request.id };
    original.record({
      type: 'request.compensation_requested',
      data: { compensatedBy: draft.request.id, reason: undoing.reason },
    });
    draft.join(original);
    await validateDraft(deps, draft);
    if (draft.request.state === 'validated') await decideDraft(deps, draft);
    const committed = await commit(deps, draft.toChangeSet(recordAnswer?.(draft)));
    return committed ? draft : undefined;
  });
}

/** The compensation that a request has already; one that ended without writing does not count. */
async function underWay(
  deps: Deps,
  caller: Caller,
  { compensatedBy }: GovernedRequest,
): Promise<Draft | undefined> {
  if (compensatedBy === undefined) return undefined;
  const draft = await loadDraft(deps, caller, compensatedBy);
  const { state, execution } = draft.request;
  return isTerminal(state) && !execution ? undefined : draft;
}

/** @throws AppError `not_executable` */
function undoOf(deps: Deps, request: GovernedRequest): Action {
  const refuse = (ruleId: string, message: string): AppError =>
    new AppError('not_executable', message, {
      state: request.state,
      reasons: [{ ruleId, message }],
    });
  const id = request.intent?.action ?? '';
  const action = deps.bundle().action(id);
  if (request.kind === 'compensation') {
    throw refuse('irreversible', 'An undoing is not undone. Propose the action again instead.');
  }
  if (action?.compensation === 'irreversible') {
    throw refuse(
      'irreversible',
      `${action.title} cannot be undone: the catalogue declares it irreversible.`,
    );
  }
  if (action?.compensation === 'none') {
    throw refuse('nothing-to-undo', `${action.title} declares nothing to undo.`);
  }
  if (request.state !== 'executed') {
    throw refuse(
      'state',
      `Only an executed request can be undone; this one is ${request.state.replaceAll('_', ' ')}.`,
    );
  }
  const undo = deps.bundle().action(undoId(id));
  if (!undo || undo.version !== request.actionVersion) {
    throw refuse(
      'action-changed',
      'The action changed in the catalogue since it was executed, so how it is undone is not certain. Undo it in the ERP.',
    );
  }
  return undo;
}

async function compensationOf(
  deps: Deps,
  caller: Caller,
  original: GovernedRequest,
  action: Action,
  { reason, requestedBy }: Undoing,
): Promise<Draft> {
  const moment = momentBy(deps.clock);
  const { now } = moment;
  const reference = original.execution?.erpReference;
  const id = deps.random.id('req');
  const request: GovernedRequest = {
    id,
    kind: 'compensation',
    state: 'received',
    traceId: caller.traceId,
    subject: await (requestedBy === undefined
      ? subjectOf(deps, caller, original.subject.requestedBy)
      : newSubject(deps, caller, requestedBy)),
    source: original.source,
    requestText: reason,
    context: {},
    ...(mayHaveBeenWritten(original)
      ? { restored: { at: original.restored?.at ?? '', undoes: true as const }, needsPerson: true }
      : { needsPerson: false }),
    compensates: original.id,
    statusToken: newStatusToken(deps, id),
    statusExpiresAt: after(now, STATUS_LINK_SECONDS),
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
  };
  const draft = new Draft({ version: 0, value: request }, caller, moment);
  draft.record({
    type: 'request.received',
    data: { source: request.source, subject: request.subject, compensates: original.id, reason },
  });
  const intent = {
    action: action.id,
    arguments: {
      ...original.arguments,
      ...(reference === undefined ? {} : { erp_reference: reference }),
    },
    confidence: 1,
    reasons: [`Undoes ${original.id}.`],
    extractor: 'submitted' as const,
  };
  draft.move('extract', 'extracted', { intent }, { type: 'request.extracted', data: { intent } });
  return draft;
}
