import type { CallContext, LookupResult } from '../../application/ports';
import type { JsonObject } from '../../domain/request/request';
import type { LookupDefinition } from './definition';
import type { ConnectorParts } from './parts';
import { pick } from './pointer';
import { readFrom } from './read';
import { sameRecord } from './same-record';

/** Reads a record. @throws ConnectorUnavailable */
export async function lookUp(
  parts: ConnectorParts,
  lookup: LookupDefinition,
  parameters: JsonObject,
  context: CallContext,
): Promise<LookupResult> {
  const answer = await readFrom(parts, { ...lookup, method: 'GET' }, parameters, context);
  if (!answer.found) return { found: false };
  const { title } = parts.definition;
  const record = sameRecord(title, lookup, answer.document, parameters);
  if (record === undefined) return { found: false };
  const fact = {
    value: pick(record, lookup.fields),
    fetchedAt: parts.clock.now().toISOString(),
    connectorId: parts.definition.id,
  };
  return { found: true, fact };
}
