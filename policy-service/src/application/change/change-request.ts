import { AppError } from '../../domain/errors';
import { assertMayReach, type Caller } from './caller';
import type { Deps } from './deps';
import { Draft } from './draft';
import { logBroken } from './log-broken';
import {
  LogBroken,
  momentBy,
  StorageUnavailable,
  type ChangeSet,
  type CommitResult,
  type IdempotencyRecord,
} from '../ports';

const MAX_TRIES = 8;

/** Thrown to the idempotency layer: another call with the same key was committed first. */
export class IdempotencyTaken extends Error {}

/** Makes the idempotency row of an answer, so that it is committed with the change it answers. */
export type RecordAnswer = (answer: unknown) => IdempotencyRecord;

/**
 * Reads a request, lets `step` change a draft of it, and commits; when somebody else changed it
 * in between, reads and decides again.
 * @throws AppError `not_found`, `action_not_permitted`, or whatever `step` refuses with
 */
export async function changeRequest<T>(
  deps: Deps,
  caller: Caller,
  requestId: string,
  step: (draft: Draft) => Promise<T> | T,
  recordAnswer?: (draft: Draft, result: T) => IdempotencyRecord | undefined,
): Promise<{ draft: Draft; result: T }> {
  return retryConflicts(async () => {
    const draft = await loadDraft(deps, caller, requestId);
    assertMayReach(caller, draft.request);
    const result = await step(draft);
    const committed = await commit(deps, draft.toChangeSet(recordAnswer?.(draft, result)));
    return committed ? { draft, result } : undefined;
  });
}

/** Runs `attempt` until it is committed; undefined means that a conflict was met. */
export async function retryConflicts<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const done = await attempt();
    if (done !== undefined) return done;
  }
  throw new AppError(
    'concurrent_request',
    'The request is being changed by others at the same moment. Read it and try again.',
  );
}

/**
 * @returns false on a conflict that reading again can solve
 * @throws IdempotencyTaken, AppError `storage_unavailable`, `log_broken`
 */
export async function commit(
  deps: Pick<Deps, 'store' | 'log'>,
  changes: ChangeSet,
): Promise<boolean> {
  let result: CommitResult;
  try {
    result = await deps.store.commit(changes);
  } catch (error) {
    if (error instanceof LogBroken) throw logBroken(error.problem);
    if (!(error instanceof StorageUnavailable)) throw error;
    deps.log.error({ err: error.message }, 'commit failed');
    throw new AppError(
      'storage_unavailable',
      'The change could not be stored durably, so it was not made. Try again later.',
    );
  }
  if (!result.ok && result.conflict === 'idempotency') throw new IdempotencyTaken();
  return result.ok;
}

/** @throws AppError `not_found` */
export async function loadDraft(deps: Deps, caller: Caller, requestId: string): Promise<Draft> {
  const loaded = await deps.store.request(requestId);
  if (!loaded) throw requestNotFound(requestId);
  const approval = loaded.value.approvalId
    ? await deps.store.approval(loaded.value.approvalId)
    : undefined;
  return new Draft(loaded, caller, momentBy(deps.clock), approval);
}

export function requestNotFound(requestId: string): AppError {
  return new AppError('not_found', `There is no request ${requestId.slice(0, 64)}.`);
}
