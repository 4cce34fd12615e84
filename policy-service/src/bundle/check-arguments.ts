import type { Action } from '../domain/action';
import type { ArgumentCheck } from '../domain/bundle';
import { normaliseAmount } from '../domain/money';
import type { JsonObject, ValidationIssue } from '../domain/request';
import type { SchemaCheck } from '../validation/json-schema';

/**
 * Brings the amount into its one form, then checks the whole against the schema, so that a safe
 * integer is accepted as an amount and everything else is judged exactly as it was sent.
 */
export function checkArguments(
  action: Action,
  check: SchemaCheck,
  values: JsonObject,
): ArgumentCheck {
  const normalised = inSchemaOrder(action, values);
  const issues: ValidationIssue[] = [];
  if (action.money && normalised[action.money.amount] !== undefined) {
    const { amount, currency } = action.money;
    const result = normaliseAmount(normalised[amount], String(normalised[currency] ?? ''));
    if (result.ok) normalised[amount] = result.amount;
    else issues.push({ pointer: `/${amount}`, code: 'amount', message: result.message });
  }
  for (const issue of check(normalised)) {
    // The amount's own sentence says more than the schema's.
    if (issues.some((known) => known.pointer === issue.pointer)) continue;
    issues.push({ pointer: issue.pointer, code: issue.code ?? 'schema', message: issue.message });
  }
  for (const [name, value] of Object.entries(normalised)) {
    if (typeof value === 'string' && !isWellFormed(value)) {
      issues.push({
        pointer: `/${name}`,
        code: 'text',
        message: `"${name}" holds control or invisible characters. Write it in plain text.`,
      });
    }
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

/**
 * Refuses what reads the same as something else or is not text at all: invisible, direction and
 * private characters, lone surrogates, and control characters other than tab and line breaks.
 */
function isWellFormed(text: string): boolean {
  return !/\p{C}/u.test(text.replace(/[\t\n\r]/g, ''));
}
