import type { BundleSummary, ChangeSet, IdempotencyRecord, SourceFile } from '../ports';
import { commit, retryConflicts } from '../change/change-request';
import { turnOfActor, type PolicyActor, type PolicyDeps } from './policy-deps';

/** A bundle that is kept; it decides nothing until it is activated. */
export interface StoredDraft extends BundleSummary {
  /** Test cases that passed. */
  casesPassed: number;
}

/**
 * Checks a bundle, runs its test cases and keeps it. One with the same content is kept once.
 * @param name how messages name it
 * @param recordAnswer makes the idempotency row that is committed with it
 * @throws AppError `bundle_invalid` with every problem, `bundle_too_costly`, `rate_limited`
 */
export async function storeBundle(
  deps: PolicyDeps,
  by: PolicyActor,
  sources: SourceFile[],
  name: string,
  recordAnswer?: (draft: StoredDraft) => IdempotencyRecord,
): Promise<StoredDraft> {
  const { version, files, casesPassed } = await deps.sentBundles.check(
    sources,
    name,
    turnOfActor(by),
  );
  return retryConflicts(async () => {
    const known = (await deps.store.bundles()).find((one) => one.version === version);
    const at = deps.clock.now().toISOString();
    const summary = known ?? { version, createdAt: at, createdBy: by.name };
    const draft = { ...summary, casesPassed };
    const news: ChangeSet = {
      bundles: [{ ...summary, files }],
      audit: [
        {
          type: 'policy.stored',
          at,
          actor: by.actor,
          ...(by.traceId ? { traceId: by.traceId } : {}),
          data: { version, by: by.name, files: files.map(({ path }) => path), casesPassed },
        },
      ],
    };
    const committed = await commit(deps, {
      ...(known ? {} : news),
      ...(recordAnswer ? { idempotency: recordAnswer(draft) } : {}),
    });
    return committed ? draft : undefined;
  });
}
