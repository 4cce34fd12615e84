import { sha256Hex } from '../../../domain/canonical-json';
import { after, PERMIT_SECONDS } from '../../../domain/deadlines';
import { AppError } from '../../../domain/errors';
import type { JsonObject } from '../../../domain/request/request';
import { assertExecutable, beginExecution } from '../begin';
import { assertMayUse, type Caller } from '../../change/caller';
import { policyOf } from '../../decisions/decide';
import type { Deps } from '../../change/deps';
import { assertExecutor } from '../assert-executor';
import { bareExecution } from '../open-execution';
import { notExecutable } from '../execute';
import type { Draft } from '../../change/draft';
import type { IdempotencyRecord } from '../../ports';
import { changeRequest } from '../../change/change-request';
import { WEAKER_GUARANTEE } from './weaker-guarantee';

/** What the holder of a permit may do, once, and what it proves less than an execution of ours. */
export interface IssuedPermit {
  id: string;
  /** The secret to report the outcome with. Shown once and never stored. */
  permit?: string;
  requestId: string;
  action: string;
  /** Exactly what was decided and approved; nothing else may be written. */
  arguments: JsonObject;
  /** For a system that honours one. */
  idempotencyKey: string;
  expiresAt: string;
  guarantee: string;
}

/**
 * The last check, as before an execution by the service, and a one-time permit for somebody else to
 * do the write. The request is `executing` until the outcome is reported or the permit expires.
 * @param recordAnswer makes the idempotency row from the answer without its secret
 * @throws AppError `not_found`, `not_executable`, also when a permit was given before
 */
export async function issuePermit(
  deps: Deps,
  caller: Caller,
  requestId: string,
  recordAnswer?: (permit: IssuedPermit) => IdempotencyRecord,
): Promise<IssuedPermit> {
  const id = deps.random.id('pmt');
  const secret = deps.random.secret();
  const { draft, result: refusal } = await changeRequest(
    deps,
    caller,
    requestId,
    (current) => {
      const { request } = current;
      assertMayUse(caller, request.intent?.action);
      if (request.execution?.permit) throw givenBefore(request.state);
      assertExecutable(current);
      assertExecutor(policyOf(deps, request).action, 'external', request.state);
      return beginExecution(deps, current, {}, async () => {
        const expiresAt = after(current.now, PERMIT_SECONDS);
        return {
          ...bareExecution(current),
          leaseOwner: id,
          leaseUntil: after(current.lived, PERMIT_SECONDS),
          permit: { id, secretHash: sha256Hex(secret), expiresAt },
        };
      });
    },
    // A refusal has changed the state too, and is no answer to replay.
    (current, refused) => (refused ? undefined : recordAnswer?.(permitOf(current))),
  );
  if (refusal) throw notExecutable(draft, refusal);
  return { ...permitOf(draft), permit: secret };
}

function permitOf({ request }: Draft): IssuedPermit {
  const { execution } = request;
  if (!execution?.permit) throw new Error('the request was begun with a permit');
  return {
    id: execution.permit.id,
    requestId: request.id,
    action: request.intent?.action ?? '',
    arguments: request.arguments ?? {},
    idempotencyKey: execution.idempotencyKey,
    expiresAt: execution.permit.expiresAt,
    guarantee: WEAKER_GUARANTEE,
  };
}

function givenBefore(state: string): AppError {
  const message =
    'A permit was given for this request already, and is shown only once. Report its outcome, or let a person find out after it expires.';
  return new AppError('not_executable', message, {
    state,
    reasons: [{ ruleId: 'permit-given', message }],
  });
}
