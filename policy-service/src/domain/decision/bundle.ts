import type { Action } from '../catalogue/action';
import type { ActionPolicy } from './policy';
import type { JsonObject, ValidationIssue } from '../request/request';

/** Arguments as they came in, checked against the schema and brought into their one form. */
export type ArgumentCheck =
  { ok: true; arguments: JsonObject } | { ok: false; errors: ValidationIssue[] };

/** The active catalogue, rules and connectors, under the hash of their content. */
export interface Bundle {
  /** `sha256:<hex>` over every file of the bundle. */
  version: string;
  /** What can be proposed: without the derived actions that undo others. */
  actions: Action[];
  /** Knows the derived actions `<id>.undo` too. */
  action(id: string): Action | undefined;
  policy(actionId: string): ActionPolicy | undefined;
  /**
   * Canonical form, money and schema; never mutates its input.
   * @param stored only judged, as it was written or bound before
   */
  checkArguments(action: Action, values: JsonObject, stored?: 'stored'): ArgumentCheck;
}
