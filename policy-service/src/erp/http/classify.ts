import type { IncomingHttpHeaders } from 'node:http';
import type { AttemptOutcome } from '../../domain/execution';
import type { Json, JsonObject } from '../../domain/request';
import { readAnswer } from './answer';
import type { OperationDefinition } from './definition';
import { faultOf } from './fault';
import { holds, pick, valueAt } from './pointer';
import type { Exchange } from './transport';

/** What one call proves. */
export type Verdict =
  | { outcome: 'done'; erpReference?: string; result: JsonObject }
  | { outcome: Exclude<AttemptOutcome, 'done'>; message: string; retryAfterMs?: number };

/** Statuses by which a server says that it did not take the call up at all. */
const NOT_TAKEN_UP = [400, 401, 403, 404, 405, 406, 411, 413, 414, 415, 422, 431];
const MAX_SENTENCE = 500;

/**
 * Judges a call by its operation. Only what is proved counts: an answer that is neither a clear
 * success nor a documented refusal leaves the outcome of a write unknown.
 */
export function classify(exchange: Exchange, operation: OperationDefinition): Verdict {
  const verdict = judge(exchange, operation);
  // A read writes nothing, whatever became of its answer.
  return operation.method === 'GET' && verdict.outcome === 'unknown'
    ? { ...verdict, outcome: 'transient' }
    : verdict;
}

function judge(exchange: Exchange, operation: OperationDefinition): Verdict {
  if (exchange.kind === 'not_sent') return { outcome: 'transient', message: exchange.reason };
  if (exchange.kind === 'no_answer') return { outcome: 'unknown', message: exchange.reason };
  const { status } = exchange;
  if (status === 429) {
    return {
      outcome: 'transient',
      message: 'The ERP asks for fewer calls (status 429).',
      retryAfterMs: retryAfter(exchange.headers['retry-after']),
    };
  }
  const success = operation.success.includes(status);
  const refusal = operation.refusal.statuses.includes(status);
  if (!success && !refusal) return undocumented(status, exchange.headers);
  const answer = readAnswer(exchange.body);
  if (!answer.readable) {
    return { outcome: 'unknown', message: `The answer (status ${status}) is not readable JSON.` };
  }
  const saysNo = operation.refusal.when !== undefined && holds(answer.json, operation.refusal.when);
  if (refusal || saysNo) return refused(status, answer.json, operation);
  return succeeded(answer.json, operation);
}

function undocumented(status: number, headers: IncomingHttpHeaders): Verdict {
  return NOT_TAKEN_UP.includes(status)
    ? {
        outcome: 'caller_error',
        message: `The ERP did not take the call up. ${faultOf(status, headers).message}`,
      }
    : {
        outcome: 'unknown',
        message: `The ERP answered with status ${status}, which does not say what was written.`,
      };
}

function succeeded(answer: Json | undefined, operation: OperationDefinition): Verdict {
  const document = answer ?? {};
  const { successWhen } = operation;
  if (successWhen && !holds(document, successWhen)) {
    return {
      outcome: 'unknown',
      message: `The answer has a success status, but ${successWhen.at || 'it'} does not say success.`,
    };
  }
  const result = pick(document, operation.result);
  if (operation.reference === undefined) return { outcome: 'done', result };
  const reference = valueAt(document, operation.reference);
  if (typeof reference !== 'string' && typeof reference !== 'number') {
    return {
      outcome: 'unknown',
      message: 'The answer claims success without the number of what was written.',
    };
  }
  return { outcome: 'done', erpReference: String(reference), result };
}

function refused(
  status: number,
  answer: Json | undefined,
  operation: OperationDefinition,
): Verdict {
  const pointer = operation.refusal.message;
  const sentence = pointer === undefined ? undefined : valueAt(answer ?? {}, pointer);
  const message =
    typeof sentence === 'string' && sentence !== ''
      ? sentence.slice(0, MAX_SENTENCE)
      : `The ERP refused the call (status ${status}).`;
  return { outcome: 'refused', message };
}

function retryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,5}$/.test(header) ? Number(header) * 1000 : undefined;
}
