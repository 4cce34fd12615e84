import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { urlToHttpOptions } from 'node:url';
import { lookupFor } from '../address';
import { faultOf } from './fault';
import type { TlsOptions } from './tls';

export interface OutgoingCall {
  method: string;
  /** Encoded path and query below the base URL, starting with a slash. */
  target: string;
  headers: Record<string, string>;
  body?: string;
}

export interface ExchangeOptions {
  timeoutMs: number;
  signal?: AbortSignal;
  /** Without, the call gets a connection of its own. */
  reuseConnection: boolean;
}

/** What became of one HTTP call. `mend`: it will be the same until somebody mends a setting or the ERP. */
export type Exchange =
  | { kind: 'answer'; status: number; headers: IncomingHttpHeaders; body: Buffer }
  /** No byte of the call left this machine. */
  | { kind: 'not_sent'; reason: string; mend?: boolean }
  /** The call may have been received; a whole answer did not come. */
  | { kind: 'no_answer'; reason: string; status?: number; mend?: boolean };

/** Answers above this size are given up. */
export const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * HTTP calls to one host. The host is the base URL's and cannot be changed by a call; redirects
 * are answers like any other and are never followed.
 */
export class HttpTransport {
  private readonly lib: typeof http | typeof https;
  private readonly agent: http.Agent;
  private readonly host: https.RequestOptions;
  /** Sockets that can carry bytes: a call on one of them counts as sent. */
  private readonly ready = new WeakSet<Socket>();

  /** @param connections how many are kept open at most */
  constructor(
    private readonly base: URL,
    connections = 64,
    tls: TlsOptions = {},
  ) {
    this.lib = base.protocol === 'https:' ? https : http;
    this.agent = new this.lib.Agent({ keepAlive: true, maxSockets: connections });
    const { protocol, hostname, port } = urlToHttpOptions(base);
    this.host = { protocol, hostname, port, lookup: lookupFor(base), ...tls };
  }

  /** The whole address of a call, for records. */
  address(target: string): string {
    return `${this.base.origin}${this.path(target)}`;
  }

  /** Makes one call. Never throws. */
  exchange(call: OutgoingCall, options: ExchangeOptions): Promise<Exchange> {
    return new Promise((resolve) => {
      let sent = false;
      let status: number | undefined;
      let request: http.ClientRequest | undefined;

      const settle = (exchange: Exchange): void => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', aborted);
        resolve(exchange);
      };
      /** @param answered whether what stands in the way is an answer, which cannot be taken in */
      const fail = (reason: string, answered = false): void => {
        const mend = answered && (status === undefined || faultOf(status, {}).remedy === 'mend');
        settle(sent ? { kind: 'no_answer', reason, status, mend } : { kind: 'not_sent', reason });
        request?.destroy();
      };
      const aborted = (): void => fail('The call was aborted.');
      const timer = setTimeout(
        () => fail(`No whole answer came within ${options.timeoutMs} ms.`),
        options.timeoutMs,
      );
      if (options.signal?.aborted) return aborted();
      options.signal?.addEventListener('abort', aborted);

      try {
        request = this.lib.request({
          ...this.host,
          method: call.method,
          path: this.path(call.target),
          headers: call.headers,
          agent: options.reuseConnection ? this.agent : false,
        });
      } catch (error) {
        return fail((error as Error).message);
      }
      request.once('socket', (socket) => {
        this.whenReady(socket, () => (sent = true));
      });
      request.once('error', (error) => fail(reasonOf(error), isAnswer(error)));
      request.once('close', () => {
        if (status === undefined) fail('The connection was closed without an answer.');
      });
      request.once('response', (response) => {
        status = response.statusCode ?? 0;
        collect(response, settle, fail);
      });
      request.end(call.body);
    });
  }

  private path(target: string): string {
    return this.base.pathname.replace(/\/+$/, '') + target;
  }

  /** Node keeps what is written until the connection (with TLS: the handshake) is made. */
  private whenReady(socket: Socket, ready: () => void): void {
    const secure = this.lib === https;
    if (this.ready.has(socket) || (!secure && !socket.connecting)) return ready();
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      this.ready.add(socket);
      ready();
    });
  }
}

function collect(
  response: http.IncomingMessage,
  settle: (exchange: Exchange) => void,
  fail: (reason: string, answered?: boolean) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) fail(`The answer is larger than ${MAX_ANSWER_BYTES} bytes.`, true);
    else chunks.push(chunk);
  });
  response.once('end', () => {
    settle({
      kind: 'answer',
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: Buffer.concat(chunks),
    });
  });
  const cut = (): void => fail('The connection was cut in the middle of the answer.');
  response.once('error', cut);
  response.once('close', () => {
    if (!response.complete) cut();
  });
}

/**
 * Whether the parser gave up after a status line: an answer, though none that can be used. Before
 * one, or where the connection ended, nothing says that the ERP took part.
 */
function isAnswer({ code = '' }: NodeJS.ErrnoException): boolean {
  return code.startsWith('HPE_') && !NO_STATUS_LINE.includes(code);
}

const NO_STATUS_LINE = [
  'HPE_INVALID_CONSTANT',
  'HPE_INVALID_VERSION',
  'HPE_INVALID_STATUS',
  'HPE_INVALID_EOF_STATE',
];

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'The ERP refused the connection.';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'The name of the ERP could not be resolved.';
    case 'EFORBIDDENADDRESS':
      return 'The name of the ERP leads to an address that no ERP has.';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'The connection was cut before an answer came.';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `The certificate of the ERP is not trusted (${error.code}). Set tls.caFile.`;
    case 'HPE_HEADER_OVERFLOW':
      return 'The headers of the answer are too large.';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'The certificate of the ERP is for another name. Check baseUrl, or set tls.serverName.';
    default:
      return `The call failed (${error.code ?? error.message}).`;
  }
}
