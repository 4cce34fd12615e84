import type { Action } from '../domain/action';
import { requestDigest } from '../domain/digest';
import type { ValidationIssue } from '../domain/request';
import { assertCommand } from '../domain/states';
import type { Deps } from './deps';
import type { Draft } from './draft';
import { FACT_CACHE_MS } from './facts';

/**
 * Checks the arguments against the action's schema and its entity references against the ERP.
 * @throws AppError `facts_unavailable`: state unchanged
 */
export async function validateDraft(deps: Deps, draft: Draft): Promise<void> {
  assertCommand(draft.request.state, 'validate');
  const { intent } = draft.request;
  if (!intent || intent.action === null) {
    return invalid(draft, [
      {
        pointer: '',
        code: 'no_action',
        message:
          'No action was recognised. Say what should be done, for example "Increase inventory for item SKU-1001 by 25 units in warehouse WH-01".',
      },
    ]);
  }
  const action = deps.bundle().action(intent.action);
  if (!action) return blockUnknown(deps, draft, intent.action);

  const check = deps.bundle().checkArguments(action, intent.arguments);
  if (!check.ok) return invalid(draft, check.errors, action);

  const { found, missing } = await deps.facts.entities(
    action,
    check.arguments,
    draft.caller.traceId,
    FACT_CACHE_MS,
  );
  if (missing.length > 0) {
    const errors = missing.map((entity) => ({
      pointer: entity.pointer,
      code: 'entity_not_found',
      message: `There is no ${entity.name.replaceAll('_', ' ')} ${Object.values(entity.with)
        .map((argument) => String(check.arguments[argument]))
        .join(' in ')}.`,
    }));
    return invalid(draft, uniqueByPointer(errors), action);
  }
  const validation = { valid: true, errors: [], entities: found, at: draft.now.toISOString() };
  draft.move(
    'validate',
    'validated',
    {
      validation,
      arguments: check.arguments,
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

function blockUnknown(deps: Deps, draft: Draft, action: string): void {
  const reason = {
    ruleId: 'unknown-action',
    message: `The catalogue has no action "${action.slice(0, 80)}"; what is not in the catalogue is not done.`,
  };
  draft.move(
    'validate',
    'blocked',
    {
      decision: {
        effect: 'block',
        reasons: [reason],
        policyVersion: deps.bundle().version,
        digest: requestDigest(draft.request),
        facts: {},
        limits: [],
        shadow: [],
        at: draft.now.toISOString(),
      },
    },
    { type: 'request.blocked', data: { reasons: [reason], policyVersion: deps.bundle().version } },
  );
}

function uniqueByPointer(errors: ValidationIssue[]): ValidationIssue[] {
  return errors.filter(
    (error, index) => errors.findIndex((other) => other.pointer === error.pointer) === index,
  );
}
