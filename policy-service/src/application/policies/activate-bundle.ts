import type { EntryBody } from '../../audit/entry';
import { AppError } from '../../domain/errors';
import { REASON_LENGTH } from '../change/checked-reason';
import type { IdempotencyRecord, NewActivation, SourceFile } from '../ports';
import { commit, retryConflicts } from '../change/change-request';
import { assertConnectable, bundleInvalid } from './assert-usable';
import { turnOfActor, type PolicyActor, type PolicyDeps } from './policy-deps';

export interface ActivationResult extends NewActivation {
  /** False when this version was active already: then nothing is recorded. */
  changed: boolean;
  /** What was active before. */
  from?: string;
}

/**
 * Lets a stored bundle decide from now on, in every process: it is in force for every execution
 * that has not begun when this resolves. It is checked and tested again, because the service may
 * have become stricter since it was stored.
 * @param version full content hash
 * @param onlyFirst changes nothing when something is active already
 * @param recordAnswer makes the idempotency row that is committed with it
 * @throws AppError `not_found`, `bundle_invalid`, `bundle_too_costly`, `rate_limited`; `invalid_parameter` for a missing reason
 */
export async function activateBundle(
  deps: PolicyDeps,
  by: PolicyActor,
  version: string,
  reasonText: string,
  recordAnswer?: (result: ActivationResult) => IdempotencyRecord,
  onlyFirst = false,
): Promise<ActivationResult> {
  const reason = checkedReason(reasonText);
  const files = await deps.store.bundleFiles(version);
  if (!files) {
    throw new AppError('not_found', `There is no bundle ${version.slice(0, 80)}. List them first.`);
  }
  const casesPassed = await checkedAgain(deps, by, version, files);
  return retryConflicts(async () => {
    const expectedRevision = await deps.store.revision();
    const [active] = (await deps.store.activations({ limit: 1 })).items;
    const changes = active?.version !== version && !(active && onlyFirst);
    const next = { version, at: deps.clock.now().toISOString(), by: by.name, reason };
    const result = changes
      ? { ...next, changed: true, ...(active ? { from: active.version } : {}) }
      : unchanged(active ?? next);
    const committed = await commit(deps, {
      ...(changes ? { activation: next, audit: [entryOf(result, by, casesPassed)] } : {}),
      ...(recordAnswer ? { idempotency: recordAnswer(result) } : {}),
      expectedRevision,
    });
    return committed ? result : undefined;
  });
}

/**
 * A refusal names the bundle: it stays stored.
 * @returns how many test cases passed
 * @throws AppError `bundle_invalid`, `bundle_too_costly`, `rate_limited`
 */
async function checkedAgain(
  deps: PolicyDeps,
  by: PolicyActor,
  version: string,
  files: SourceFile[],
): Promise<number> {
  try {
    const checked = await deps.sentBundles.check(files, version, turnOfActor(by));
    if (checked.version !== version) {
      throw bundleInvalid(version, [
        {
          pointer: '/files',
          message:
            'Its stored files were changed. Store the bundle with any change, such as a comment: that makes another version.',
        },
      ]);
    }
    assertConnectable(checked, version);
    return checked.casesPassed;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(
      error.code,
      `${error.message} It stays stored; what was active stays active.`,
      { ...error.extra, policy: { version } },
      error.errors,
    );
  }
}

function unchanged({ version, at, by, reason }: NewActivation): ActivationResult {
  return { version, at, by, reason, changed: false };
}

function entryOf(result: ActivationResult, by: PolicyActor, casesPassed: number): EntryBody {
  const { version, from = null, reason, at } = result;
  return {
    type: 'policy.activated',
    at,
    actor: by.actor,
    ...(by.traceId ? { traceId: by.traceId } : {}),
    data: { version, from, by: by.name, reason, casesPassed },
  };
}

function checkedReason(text: string): string {
  const reason = text.trim();
  if (reason !== '' && reason.length <= REASON_LENGTH) return reason;
  const message = `Say why the policy changes, in at most ${REASON_LENGTH} characters: the reason is recorded.`;
  throw new AppError('invalid_parameter', message, {}, [{ pointer: '/reason', message }]);
}
