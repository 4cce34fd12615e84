import { ConnectorUnavailable, type CallContext } from '../../application/ports';
import type { JsonObject, Json } from '../../domain/request/request';
import type { Secrets } from '../secrets';
import { readAnswer } from './answer';
import type { CallTemplate } from './definition';
import { faultOf, type Fault } from './fault';
import type { ConnectorParts } from './parts';
import { callWithRetry } from './retry';
import { render, send, type RenderedCall } from './send';
import { TemplateError } from './template';
import type { Exchange } from './transport';

/** A call that only reads. */
export interface ReadSource extends CallTemplate {
  method: 'GET' | 'POST';
  /** Statuses that mean "there is none", where the file declares them. */
  notFound: number[];
  /** The answer is a list: it says "none" by being empty, and a missing page says nothing. */
  list?: string;
  /** Milliseconds for all attempts together. */
  timeoutMs: number;
}

export type ReadAnswer =
  { found: false } | { found: true; document: JsonObject | Json[]; exact: ReadonlySet<string> };

type Judged = { again: boolean } & ({ answer: ReadAnswer } | { fault: Fault });

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
      const one = judge(source, exchange, parts.redactor.secrets);
      return renewed && renewals === 1 ? { ...one, again: true } : one;
    },
    context.signal,
  );
  if ('answer' in judged) return judged.answer;
  const { id, title } = parts.definition;
  const { message, remedy } = judged.fault;
  parts.log.warn({ connector: id, reason: message }, 'a read from the ERP failed');
  throw new ConnectorUnavailable(`${title} cannot be asked. ${message}`, remedy);
}

function renderedOf(source: ReadSource, values: JsonObject): RenderedCall {
  try {
    return render(source.method, source, values);
  } catch (error) {
    if (error instanceof TemplateError) throw new ConnectorUnavailable(error.message, 'mend');
    throw error;
  }
}

function judge({ notFound, list }: ReadSource, exchange: Exchange, secrets: Secrets): Judged {
  if (exchange.kind !== 'answer') {
    const { reason: message, mend } = exchange;
    return { again: mend !== true, fault: { message, remedy: mend ? 'mend' : 'silent' } };
  }
  const { status } = exchange;
  const declared = list === undefined && notFound.includes(status);
  if (status !== 200 && !declared) {
    const fault = faultOf(status, exchange.headers);
    return { again: fault.remedy === 'silent', fault };
  }
  const answer = readAnswer(exchange.body, secrets);
  // A page of a proxy or a framework, with whatever status, is no word of the ERP on a record.
  const readable = answer.readable && typeof answer.json === 'object' && answer.json !== null;
  if (declared && (readable || exchange.body.length === 0)) {
    return { again: false, answer: { found: false } };
  }
  if (!readable) {
    const message = `Its answer (status ${status}) is no readable JSON record. Check the connector's address and path.`;
    return { again: true, fault: { message, remedy: 'mend' } };
  }
  const document = answer.json as JsonObject | Json[];
  return { again: false, answer: { found: true, document, exact: answer.exact } };
}
