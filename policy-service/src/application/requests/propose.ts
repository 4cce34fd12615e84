import { after, STATUS_LINK_SECONDS } from '../../domain/deadlines';
import { AppError } from '../../domain/errors';
import {
  accountOf,
  identityKey,
  namesSomebody,
  whyNotOne,
} from '../../domain/identity/identity-check';
import { whyNotPlain } from '../../domain/identity/plain-name';
import type { Intent, JsonObject, Subject, GovernedRequest } from '../../domain/request/request';
import { actorOf, assertMayUse, type Caller } from '../change/caller';
import type { Deps } from '../change/deps';
import { Draft } from '../change/draft';
import { findPerson } from '../identity/find-person';
import { ExtractionFailed, momentBy, type Store } from '../ports';
import { commit } from '../change/change-request';
import type { IdempotencyRecord } from '../ports';
import { newStatusToken } from '../change/status-link';

/** What a caller proposes: a text, an intent that an agent already formed, or both. */
export interface Proposal {
  source: string;
  requestedBy: string;
  requestText?: string;
  intent?: { action: string | null; arguments: JsonObject; confidence: number; model?: string };
  context?: JsonObject;
  resubmittedFrom?: string;
}

/** Creates the request and extracts its intent; both are durable when this resolves. */
export async function proposeRequest(
  deps: Deps,
  caller: Caller,
  proposal: Proposal,
  recordAnswer?: (draft: Draft) => IdempotencyRecord,
): Promise<Draft> {
  const draft = await draftProposal(deps, caller, proposal);
  await commit(deps, draft.toChangeSet(recordAnswer?.(draft)));
  return draft;
}

/** A request that is received and extracted, not committed yet. */
export async function draftProposal(
  deps: Deps,
  caller: Caller,
  proposal: Proposal,
): Promise<Draft> {
  const moment = momentBy(deps.clock);
  const { now } = moment;
  const subject = await newSubject(deps, caller, proposal.requestedBy);
  const id = deps.random.id('req');
  const request: GovernedRequest = {
    id,
    kind: 'action',
    state: 'received',
    traceId: caller.traceId,
    subject,
    source: proposal.source,
    ...(proposal.requestText === undefined ? {} : { requestText: proposal.requestText }),
    context: proposal.context ?? {},
    needsPerson: false,
    ...(proposal.resubmittedFrom ? { resubmittedFrom: proposal.resubmittedFrom } : {}),
    statusToken: newStatusToken(deps, id),
    statusExpiresAt: after(now, STATUS_LINK_SECONDS),
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
  };
  const draft = new Draft({ version: 0, value: request }, caller, moment);
  draft.record({
    type: 'request.received',
    data: {
      source: request.source,
      subject: request.subject,
      requestText: request.requestText,
      context: request.context,
      resubmittedFrom: request.resubmittedFrom,
    },
  });
  await extract(deps, draft, proposal);
  assertMayUse(caller, draft.request.intent?.action);
  return draft;
}

async function extract(deps: Deps, draft: Draft, proposal: Proposal): Promise<void> {
  let intent: Intent;
  try {
    intent = proposal.intent
      ? { ...proposal.intent, reasons: [], extractor: 'submitted' }
      : await readText(deps, draft.caller, proposal.requestText ?? '');
  } catch (error) {
    if (!(error instanceof ExtractionFailed)) throw error;
    draft.move(
      'extract',
      'extraction_failed',
      { needsPerson: true },
      { type: 'request.extraction_failed', data: { message: error.message } },
    );
    return;
  }
  draft.move(
    'extract',
    'extracted',
    { intent },
    { type: 'request.extracted', moment: 'recommendation', data: { intent } },
  );
}

/** Without a valid policy there is nothing to recognise; validation then blocks the request. */
async function readText(deps: Deps, caller: Caller, text: string): Promise<Intent> {
  const { state } = deps.policy;
  if (state.valid) {
    const by = actorOf(caller).id;
    return deps.extractor.extract({ text, actions: state.bundle.actions, by });
  }
  const reasons = ['The text was not read, because no valid policy is active.'];
  return { action: null, arguments: {}, confidence: 0, reasons, extractor: deps.extractor.name };
}

/**
 * Of a name that comes in now.
 * @throws AppError as {@link subjectOf}, and when more than one is named
 */
export async function newSubject(
  deps: { store: Pick<Store, 'person' | 'people'> },
  caller: Caller,
  requestedBy: string,
): Promise<Subject> {
  const message = whyNotOne(requestedBy);
  if (message !== undefined) throw wrongName('ambiguous', message);
  return subjectOf(deps, caller, requestedBy);
}

/** @throws AppError when nobody is named, or a token that may assert people names somebody unknown */
export async function subjectOf(
  deps: { store: Pick<Store, 'person' | 'people'> },
  caller: Caller,
  requestedBy: string,
): Promise<Subject> {
  if (caller.kind !== 'token') {
    throw new AppError('insufficient_scope', 'Only a service token can propose a request.');
  }
  const message = namesSomebody(requestedBy)
    ? whyNotPlain(requestedBy)
    : 'Say who asks for it, in characters that can be read.';
  if (message !== undefined) throw wrongName('unreadable', message);
  const { token } = caller;
  const claim = { tokenId: token.id, tokenOwner: token.owner, requestedBy };
  const account = accountOf(requestedBy, await deps.store.people());
  const counted =
    account === undefined || identityKey(account) === identityKey(requestedBy) ? {} : { account };
  if (token.actsFor === 'claims') return { ...claim, ...counted, verified: false, roles: [] };
  const person = await findPerson(deps.store, requestedBy);
  if (!person || person.disabledAt) {
    throw new AppError(
      'invalid_body',
      'This token asserts people, and the requester is not an active person of the people table.',
      {},
      [
        {
          pointer: '/requestedBy',
          code: 'unknown_person',
          message: 'Name the e-mail of a person.',
        },
      ],
    );
  }
  return { ...claim, ...counted, requestedBy: person.email, verified: true, roles: person.roles };
}

function wrongName(code: string, message: string): AppError {
  return new AppError('invalid_body', message, {}, [{ pointer: '/requestedBy', code, message }]);
}
