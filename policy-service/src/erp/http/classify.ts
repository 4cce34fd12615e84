import type { IncomingHttpHeaders } from 'node:http';
import type { AttemptOutcome } from '../../domain/request/execution';
import type { StepOutcome } from '../../application/ports';
import type { Json } from '../../domain/request/request';
import { cutText } from '../../domain/request/storable';
import type { Secrets } from '../secrets';
import { readAnswer, type ReadableAnswer } from './answer';
import { broughtBy } from './brought';
import type { OperationDefinition } from './definition';
import { faultOf } from './fault';
import { holds, valueAt } from './pointer';
import type { Exchange } from './transport';

/** What one call proves. */
export type Verdict =
  | ({ outcome: 'done' } & StepOutcome)
  | { outcome: Exclude<AttemptOutcome, 'done'>; message: string; retryAfterMs?: number };

/** Statuses by which a server says that it did not take the call up at all. */
const NOT_TAKEN_UP = [400, 401, 403, 404, 405, 406, 411, 413, 414, 415, 422, 431];
const MAX_SENTENCE = 500;

/**
 * Judges a call by its operation. Only what is proved counts: an answer that is neither a clear
 * success nor a documented refusal leaves the outcome of a write unknown.
 */
export function classify(
  exchange: Exchange,
  operation: OperationDefinition,
  secrets?: Secrets,
): Verdict {
  const verdict = judge(exchange, operation, secrets);
  // A read writes nothing, whatever became of its answer.
  return operation.method === 'GET' && verdict.outcome === 'unknown'
    ? { ...verdict, outcome: 'transient' }
    : verdict;
}

function judge(exchange: Exchange, operation: OperationDefinition, secrets?: Secrets): Verdict {
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
  const answer = readAnswer(exchange.body, secrets);
  if (!answer.readable) {
    return { outcome: 'unknown', message: `The answer (status ${status}) is not readable JSON.` };
  }
  const saysNo = operation.refusal.when !== undefined && holds(answer.json, operation.refusal.when);
  if (refusal || saysNo) return refused(status, answer.json, operation);
  return succeeded(answer, operation);
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

function succeeded(answer: ReadableAnswer, operation: OperationDefinition): Verdict {
  const document = answer.json ?? {};
  const { successWhen } = operation;
  if (successWhen && !holds(document, successWhen)) {
    return {
      outcome: 'unknown',
      message: `The answer has a success status, but ${successWhen.at || 'it'} does not say success.`,
    };
  }
  const brought = broughtBy(answer, '', operation);
  if (operation.reference !== undefined && brought.erpReference === undefined) {
    return {
      outcome: 'unknown',
      message: 'The answer claims success without the number of what was written.',
    };
  }
  return { outcome: 'done', ...brought };
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
      ? cutText(sentence, MAX_SENTENCE)
      : `The ERP refused the call (status ${status}).`;
  return { outcome: 'refused', message };
}

function retryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,5}$/.test(header) ? Number(header) * 1000 : undefined;
}
