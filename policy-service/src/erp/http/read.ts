import { ConnectorUnavailable, type CallContext } from '../../application/ports';
import type { JsonObject, Json } from '../../domain/request';
import { readAnswer } from './answer';
import type { CallTemplate } from './definition';
import type { ConnectorParts } from './parts';
import { callWithRetry } from './retry';
import { render, send, type RenderedCall } from './send';
import { TemplateError } from './template';
import type { Exchange } from './transport';

/** A call that only reads. */
export interface ReadSource extends CallTemplate {
  method: 'GET' | 'POST';
  /** Statuses that mean "there is none". */
  notFound: number[];
  /** Milliseconds for all attempts together. */
  timeoutMs: number;
}

export type ReadAnswer = { found: false } | { found: true; document: JsonObject | Json[] };

type Judged = { again: boolean } & ({ answer: ReadAnswer } | { reason: string });

/**
 * Reads from the ERP. Short failures are repeated within the source's own timeout.
 * @throws ConnectorUnavailable when the ERP gave neither readable JSON nor a declared "not found"
 */
export async function readFrom(
  parts: ConnectorParts,
  source: ReadSource,
  values: JsonObject,
  context: CallContext,
): Promise<ReadAnswer> {
  const rendered = renderedOf(source, values);
  let renewals = 0;
  const judged = await callWithRetry<Judged>(
    { ...parts.definition.retry, totalMs: source.timeoutMs },
    async (timeLeftMs) => {
      const { exchange, renewed } = await send(parts, rendered, context.traceId, {
        timeoutMs: timeLeftMs,
        signal: context.signal,
        reuseConnection: true,
      });
      if (renewed) renewals += 1;
      const one = judge(source, exchange);
      return renewed && renewals === 1 ? { ...one, again: true } : one;
    },
    context.signal,
  );
  if ('answer' in judged) return judged.answer;
  const { id, title } = parts.definition;
  parts.log.warn({ connector: id, reason: judged.reason }, 'a read from the ERP failed');
  throw new ConnectorUnavailable(`${title} cannot be asked: ${judged.reason}`);
}

function renderedOf(source: ReadSource, values: JsonObject): RenderedCall {
  try {
    return render(source.method, source, values);
  } catch (error) {
    if (error instanceof TemplateError) throw new ConnectorUnavailable(error.message);
    throw error;
  }
}

function judge({ notFound }: ReadSource, exchange: Exchange): Judged {
  if (exchange.kind !== 'answer') return { again: true, reason: exchange.reason };
  const { status } = exchange;
  if (notFound.includes(status)) return { again: false, answer: { found: false } };
  if (status !== 200) {
    return { again: status === 429 || status >= 500, reason: `it answered with status ${status}.` };
  }
  const answer = readAnswer(exchange.body);
  if (!answer.readable || typeof answer.json !== 'object' || answer.json === null) {
    return { again: true, reason: 'its answer is not readable JSON.' };
  }
  return { again: false, answer: { found: true, document: answer.json } };
}
