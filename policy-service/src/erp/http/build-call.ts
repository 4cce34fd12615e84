import { randomBytes } from 'node:crypto';
import { stringify } from 'lossless-json';
import type { Json } from '../../domain/request/request';
import type { OutgoingCall } from './transport';

export interface CallParts {
  method: string;
  target: string;
  /** Of the connector, of the operation and of the credential, later ones winning. */
  headers: Record<string, string>;
  traceId?: string;
  body?: Json;
}

/** Puts the headers and the body of a call together. Each call is a span of its own in the trace. */
export function buildCall(parts: CallParts): OutgoingCall {
  const headers: Record<string, string> = { accept: 'application/json' };
  const body = parts.body === undefined ? undefined : stringify(parts.body);
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = String(Buffer.byteLength(body));
  }
  if (parts.traceId !== undefined && /^(?!0+$)[0-9a-f]{32}$/.test(parts.traceId)) {
    headers.traceparent = `00-${parts.traceId}-${randomBytes(8).toString('hex')}-01`;
  }
  return {
    method: parts.method,
    target: parts.target,
    headers: { ...headers, ...parts.headers },
    body,
  };
}
