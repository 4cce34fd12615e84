import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's trace id (W3C `traceparent`, or `X-Trace-Id` of 32 hex digits), else a new one. */
export function traceIdOf(headers: IncomingHttpHeaders): string {
  const parent = TRACEPARENT.exec(String(headers['traceparent'] ?? ''))?.[1];
  if (parent && !/^0+$/.test(parent)) return parent;
  const given = String(headers['x-trace-id'] ?? '').toLowerCase();
  if (/^[0-9a-f]{32}$/.test(given)) return given;
  // Node keeps random bytes ready for UUIDs, and 122 of them are enough to tell traces apart.
  return randomUUID().replaceAll('-', '');
}
