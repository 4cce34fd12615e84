import type { JsonObject } from '../../domain/request/request';
import { assertMayUse, type Caller } from '../change/caller';
import { decideDraft } from '../decisions/decide';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import type { IdempotencyRecord } from '../ports';
import { draftProposal } from './propose';
import { commit, retryConflicts } from '../change/change-request';
import { validateDraft } from './validate';

export interface ToolCall {
  action: string;
  arguments: JsonObject;
  requestedBy: string;
  source: string;
  confidence: number;
  context?: JsonObject;
}

/**
 * Proposes, validates and decides in one durable commit: what an AI agent calls as a tool.
 * An action that the catalogue does not know is an answer too: blocked.
 * @throws AppError `action_not_permitted`, `facts_unavailable`
 */
export async function runTool(
  deps: Deps,
  caller: Caller,
  call: ToolCall,
  recordAnswer?: (draft: Draft) => IdempotencyRecord,
): Promise<Draft> {
  assertMayUse(caller, call.action);
  return retryConflicts(async () => {
    const draft = await draftProposal(deps, caller, {
      source: call.source,
      requestedBy: call.requestedBy,
      intent: { action: call.action, arguments: call.arguments, confidence: call.confidence },
      context: call.context,
    });
    await validateDraft(deps, draft);
    if (draft.request.state === 'validated') await decideDraft(deps, draft);
    const committed = await commit(deps, draft.toChangeSet(recordAnswer?.(draft)));
    return committed ? draft : undefined;
  });
}
