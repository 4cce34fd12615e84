import type { IncomingHttpHeaders } from 'node:http';
import { buildCall } from '../http/build-call';
import type { Secrets } from '../secrets';
import { readAnswer } from '../http/answer';
import { faultOf } from '../http/fault';
import { HttpTransport } from '../http/transport';
import type { Json, JsonObject } from '../../domain/request/request';
import type { RpcAnswer, RpcOptions } from './rpc';

export interface JsonPost {
  target: string;
  headers: Record<string, string>;
  body: JsonObject;
  /** A write gets a connection of its own: an idle one may be cut under it. */
  writes: boolean;
}

/** A whole answer; `json` is undefined when the body is no JSON. */
export interface JsonAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  retryAfterMs?: number;
  json: Json | undefined;
}

/** POSTs JSON to one host and says plainly when there is no whole answer. */
export class JsonTransport {
  private readonly transport: HttpTransport;
  readonly address: string;

  constructor(
    url: URL,
    connections: number,
    readonly secrets: Secrets,
  ) {
    this.transport = new HttpTransport(url, connections);
    this.address = url.href.replace(/\/+$/, '');
  }

  /** @returns the answer, or what its absence proves */
  async post(post: JsonPost, options: RpcOptions): Promise<JsonAnswer | { absent: RpcAnswer }> {
    const exchange = await this.transport.exchange(
      buildCall({
        method: 'POST',
        target: post.target,
        headers: post.headers,
        traceId: options.traceId,
        body: post.body,
      }),
      {
        timeoutMs: options.timeoutMs,
        signal: options.signal,
        reuseConnection: !post.writes,
      },
    );
    if (exchange.kind === 'not_sent') {
      return { absent: { outcome: 'transient', message: exchange.reason } };
    }
    if (exchange.kind === 'no_answer') {
      // A read writes nothing: an answer that cannot be taken in will be the same again.
      if (exchange.mend && !post.writes) {
        return { absent: { outcome: 'caller_error', message: exchange.reason } };
      }
      return { absent: { outcome: 'unknown', message: exchange.reason } };
    }
    const answer = readAnswer(exchange.body, this.secrets);
    const retryAfter = exchange.headers['retry-after'];
    return {
      status: exchange.status,
      headers: exchange.headers,
      json: answer.readable ? answer.json : undefined,
      ...(retryAfter !== undefined && /^\d{1,5}$/.test(retryAfter)
        ? { retryAfterMs: Number(retryAfter) * 1000 }
        : {}),
    };
  }
}

/** What a status proves that no answer of the ERP's own explains. */
export function judgeStatus({ status, headers, retryAfterMs }: JsonAnswer): RpcAnswer {
  if (status === 429 || status === 503) {
    return {
      outcome: status === 429 ? 'transient' : 'unknown',
      message: `The ERP asks for fewer calls (status ${status}).`,
      retryAfterMs,
    };
  }
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

/** Statuses by which a server says that it did not begin, also by sending the caller elsewhere. */
const NOT_TAKEN_UP = [301, 307, 308, 400, 401, 403, 404, 405, 411, 413, 414, 415, 422];
