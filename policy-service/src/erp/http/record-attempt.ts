import type { Attempt } from '../../domain/request/execution';
import type { Json, JsonObject } from '../../domain/request/request';
import { readAnswer } from './answer';
import type { Verdict } from './classify';
import type { Redactor } from '../redact';
import type { Exchange, OutgoingCall } from './transport';

export interface MadeCall {
  step: string;
  number: number;
  startedAt: Date;
  durationMs: number;
  call: OutgoingCall;
  /** Address of the call without its path. */
  address: (target: string) => string;
  exchange: Exchange;
  verdict: Verdict;
}

const RECORDED_HEADERS = ['content-type', 'retry-after', 'idempotent-replayed', 'location'];

/** One call as it is kept in the audit log: redacted and of bounded size. */
export function recordAttempt(made: MadeCall, redactor: Redactor): Attempt {
  const { call, verdict } = made;
  const response = recordedResponse(made.exchange, redactor);
  return {
    step: made.step,
    number: made.number,
    startedAt: made.startedAt.toISOString(),
    durationMs: made.durationMs,
    outcome: verdict.outcome,
    request: {
      method: call.method,
      url: made.address(redactor.target(call.target)),
      headers: redactor.headers(call.headers),
      ...(call.body === undefined ? {} : { body: redactor.body(bodyOf(call.body)) }),
    },
    ...(response === undefined ? {} : { response }),
    ...('message' in verdict ? { message: verdict.message } : {}),
  };
}

/** As it was sent: a number keeps its digits. */
function bodyOf(text: string): Json {
  const read = readAnswer(Buffer.from(text));
  return (read.readable && read.json) || null;
}

function recordedResponse(exchange: Exchange, redactor: Redactor): JsonObject | undefined {
  switch (exchange.kind) {
    case 'not_sent':
      return undefined;
    case 'no_answer':
      if (exchange.status !== undefined) return { status: exchange.status };
      return exchange.mend ? { unusable: exchange.reason } : undefined;
    case 'answer': {
      const headers: Record<string, string> = {};
      for (const name of RECORDED_HEADERS) {
        const value = exchange.headers[name];
        if (typeof value === 'string') headers[name] = value;
      }
      const answer = readAnswer(exchange.body, redactor.secrets);
      return {
        status: exchange.status,
        headers: redactor.headers(headers),
        bytes: exchange.body.length,
        // Fields of an unreadable body cannot be told apart, so none of it can be shown safely.
        ...(answer.readable && answer.json !== undefined
          ? { body: redactor.body(answer.json) }
          : {}),
        ...(answer.readable && answer.changes.length > 0 ? { changes: answer.changes } : {}),
      };
    }
  }
}
