import type { Action } from '../domain/catalogue/action';
import type { ArgumentCheck } from '../domain/decision/bundle';
import { normaliseAmount } from '../domain/money';
import type { JsonObject, ValidationIssue } from '../domain/request/request';
import type { SchemaCheck } from '../validation/json-schema';
import { MAX_ERRORS } from '../validation/sentences';
import type { CanonicalArguments } from './canonical-arguments';

/**
 * Brings every value into its one form and the amount into its own, then checks the whole against
 * the schema: what is checked here is what limits count, the digest binds and the ERP gets.
 * @param form absent for values that are stored already: they keep their bytes
 */
export function checkArguments(
  action: Action,
  check: SchemaCheck,
  values: JsonObject,
  form?: CanonicalArguments,
): ArgumentCheck {
  const issues: ValidationIssue[] = [];
  const normalised = inSchemaOrder(action, form ? form.of(values, issues) : values);
  if (action.money && normalised[action.money.amount] !== undefined) {
    const { amount, currency } = action.money;
    const result = normaliseAmount(normalised[amount], String(normalised[currency] ?? ''));
    if (result.ok) normalised[amount] = result.amount;
    else if (!issues.some(({ pointer }) => pointer === `/${amount}`)) {
      issues.push({ pointer: `/${amount}`, code: 'amount', message: result.message });
    }
  }
  for (const issue of check(normalised)) {
    // The sentence on the value's own form says more than the schema's.
    if (issues.some((known) => known.pointer === issue.pointer)) continue;
    if (issues.length >= MAX_ERRORS) break;
    issues.push({ pointer: issue.pointer, code: issue.code ?? 'schema', message: issue.message });
  }
  return issues.length > 0 ? { ok: false, errors: issues } : { ok: true, arguments: normalised };
}

/** The order in which the schema names them, whoever sent them: people read it on the approval page. */
function inSchemaOrder(action: Action, values: JsonObject): JsonObject {
  const known = Object.keys((action.schema['properties'] ?? {}) as object);
  const ordered = known.filter((name) => Object.hasOwn(values, name));
  const unknown = Object.keys(values).filter((name) => !known.includes(name));
  return Object.fromEntries([...ordered, ...unknown].map((name) => [name, values[name] ?? null]));
}
