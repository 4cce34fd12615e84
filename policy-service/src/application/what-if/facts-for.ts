import type { Action, EntityReference } from '../../domain/catalogue/action';
import { AppError } from '../../domain/errors';
import type { FactRecord } from '../../domain/request/facts';
import type { JsonObject } from '../../domain/request/request';
import type { Deps } from '../change/deps';

/** What a what-if needs to know of the ERP. */
export interface FactsAsked {
  action: Action;
  /** In their one form. */
  values: JsonObject;
  referenced: EntityReference[];
}

/**
 * Records as the caller assumes them; the others are looked up through the active connectors.
 * @param given records by entity name; null: the ERP has none
 * @throws AppError `invalid_parameter` for a record that the action does not refer to,
 *   `facts_unavailable`
 */
export async function factsFor(
  deps: Pick<Deps, 'facts'>,
  { action, values, referenced }: FactsAsked,
  given: Record<string, JsonObject | null>,
  traceId: string,
  now: Date,
): Promise<{
  records: Record<string, FactRecord>;
  origins: Record<string, 'given' | 'looked_up'>;
}> {
  assertKnown(action, given);
  const absent = referenced.filter(({ name }) => !Object.hasOwn(given, name));
  const { found } =
    absent.length > 0
      ? await deps.facts.entities({ ...action, entities: absent }, values, traceId, 'declared')
      : { found: {} };
  const records: Record<string, FactRecord> = { ...found };
  for (const { name } of referenced) {
    const value = given[name];
    const connectorId = action.connector;
    if (value) records[name] = { value, fetchedAt: now.toISOString(), connectorId };
  }
  const origins = referenced.map(({ name }) => [
    name,
    Object.hasOwn(given, name) ? 'given' : 'looked_up',
  ]);
  return { records, origins: Object.fromEntries(origins) as Record<string, 'given' | 'looked_up'> };
}

/** @throws AppError `invalid_parameter` */
function assertKnown(action: Action, given: Record<string, JsonObject | null>): void {
  const names = action.entities.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const known = names.length > 0 ? `Its records are ${names.join(', ')}.` : 'It has none.';
  throw new AppError(
    'invalid_parameter',
    `${action.id} refers to no record "${unknown.slice(0, 80)}". ${known}`,
  );
}
