import type { Action } from '../../domain/catalogue/action';
import { DIGEST_VERSION } from '../../domain/request/digest';
import { missingEntityIssues } from '../../domain/catalogue/missing-entities';
import type { Json, JsonObject, ValidationIssue } from '../../domain/request/request';
import { assertCommand } from '../../domain/request/states';
import { unknownActionDecision } from '../../domain/catalogue/unknown-action';
import { blockWithoutPolicy } from '../decisions/block-without-policy';
import { mayUse, type Caller } from '../change/caller';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import { unusableArguments } from './unusable-arguments';

/**
 * Checks the arguments against the action's schema and its entity references against the ERP.
 * @throws AppError `facts_unavailable`: state unchanged
 */
export async function validateDraft(deps: Deps, draft: Draft): Promise<void> {
  assertCommand(draft.request.state, 'validate');
  if (blockWithoutPolicy(deps, draft, 'validate')) return;
  const { intent } = draft.request;
  if (!intent || intent.action === null) {
    return invalid(draft, [
      {
        pointer: '',
        code: 'no_action',
        message: `No action was recognised. Say what should be done${exampleOf(deps, draft.caller)}.`,
      },
    ]);
  }
  const action = deps.bundle().action(intent.action);
  // Undoing is asked for by naming the request that is undone, never as an action.
  const named = action?.undoes === undefined || draft.request.kind === 'compensation';
  if (!action || !named) return blockUnknown(deps, draft);

  // What is undone is what was written, byte for byte, in whatever form that was.
  const stored = draft.request.kind === 'compensation' ? 'stored' : undefined;
  const check = deps.bundle().checkArguments(action, intent.arguments, stored);
  if (!check.ok) return invalid(draft, check.errors, action);

  if (action.executor === 'service') {
    const connector = deps.connector(action.connector);
    const unusable = unusableArguments(action, connector, check.arguments);
    if (unusable.length > 0) return invalid(draft, unusable, action);
  }
  const { found, missing } = await deps.facts.entities(
    action,
    check.arguments,
    draft.caller.traceId,
    'declared',
  );
  if (missing.length > 0) {
    return invalid(draft, missingEntityIssues(missing, check.arguments), action);
  }
  const validation = { valid: true, errors: [], entities: found, at: draft.now.toISOString() };
  draft.move(
    'validate',
    'validated',
    {
      validation,
      arguments: check.arguments,
      digestVersion: DIGEST_VERSION,
      actionVersion: action.version,
      connectorId: action.connector,
    },
    {
      type: 'request.validated',
      data: {
        action: action.id,
        actionVersion: action.version,
        arguments: check.arguments,
        entities: found,
      },
    },
  );
}

function invalid(draft: Draft, errors: ValidationIssue[], action?: Action): void {
  draft.move(
    'validate',
    'invalid',
    {
      validation: { valid: false, errors, entities: {}, at: draft.now.toISOString() },
      needsPerson: true,
      ...(action ? { actionVersion: action.version } : {}),
    },
    { type: 'request.invalid', data: { errors } },
  );
}

function blockUnknown(deps: Deps, draft: Draft): void {
  const decision = unknownActionDecision(draft.request, deps.bundle().version, draft.now);
  draft.move(
    'validate',
    'blocked',
    { decision },
    {
      type: 'request.blocked',
      data: { reasons: decision.reasons, policyVersion: decision.policyVersion },
    },
  );
}

/** How one says it: in the words of what the caller may ask for and the catalogue does, or not at all. */
function exampleOf(deps: Deps, caller: Caller): string {
  const texts = deps
    .bundle()
    .actions.filter(({ id, stage }) => stage !== 'off' && mayUse(caller, id))
    .flatMap(({ extraction }) => extraction['examples'] ?? [])
    .flatMap((example) => (isObject(example) ? [example['text']] : []));
  const text = texts.find((one) => typeof one === 'string');
  return typeof text === 'string' ? `, for example "${text}"` : '';
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
