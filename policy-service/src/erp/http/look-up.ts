import { ConnectorUnavailable, type CallContext, type LookupResult } from '../../application/ports';
import type { JsonObject } from '../../domain/request';
import { readAnswer } from './answer';
import { buildCall } from './build-call';
import type { LookupDefinition } from './definition';
import type { ConnectorParts } from './parts';
import { pick } from './pointer';
import { callWithRetry } from './retry';
import { renderPath, renderQuery, TemplateError } from './template';
import type { Exchange } from './transport';

type Judged =
  | { again: false; result: LookupResult }
  | { again: boolean; retryAfterMs?: number; reason: string };

/**
 * Reads a record. Short failures are repeated within the lookup's own timeout.
 * @throws ConnectorUnavailable when the ERP gave neither a readable record nor a declared "not found"
 */
export async function lookUp(
  parts: ConnectorParts,
  lookup: LookupDefinition,
  parameters: JsonObject,
  context: CallContext,
): Promise<LookupResult> {
  const target = targetOf(lookup, parameters);
  const judged = await callWithRetry<Judged>(
    { ...parts.definition.retry, totalMs: lookup.timeoutMs },
    async (timeLeftMs) => {
      const call = buildCall({ method: 'GET', target, auth: parts.auth, traceId: context.traceId });
      const exchange = await parts.transport.exchange(call, {
        timeoutMs: timeLeftMs,
        signal: context.signal,
        reuseConnection: true,
      });
      return judge(parts, lookup, exchange);
    },
    context.signal,
  );
  if ('result' in judged) return judged.result;
  const { id } = parts.definition;
  parts.log.warn({ connector: id, reason: judged.reason }, 'lookup failed');
  throw new ConnectorUnavailable(`${parts.definition.title} cannot be asked: ${judged.reason}`);
}

function targetOf(lookup: LookupDefinition, parameters: JsonObject): string {
  try {
    return renderPath(lookup.path, parameters) + renderQuery(lookup.query, parameters);
  } catch (error) {
    if (error instanceof TemplateError) throw new ConnectorUnavailable(error.message);
    throw error;
  }
}

function judge(parts: ConnectorParts, lookup: LookupDefinition, exchange: Exchange): Judged {
  if (exchange.kind !== 'answer') return { again: true, reason: exchange.reason };
  const { status } = exchange;
  if (lookup.notFound.includes(status)) return { again: false, result: { found: false } };
  if (status !== 200) {
    return { again: status === 429 || status >= 500, reason: `it answered with status ${status}.` };
  }
  const answer = readAnswer(exchange.body);
  if (!answer.readable || typeof answer.json !== 'object' || answer.json === null) {
    return { again: true, reason: 'its answer is not readable JSON.' };
  }
  const fact = {
    value: pick(answer.json, lookup.fields),
    fetchedAt: parts.clock.now().toISOString(),
    connectorId: parts.definition.id,
  };
  return { again: false, result: { found: true, fact } };
}
