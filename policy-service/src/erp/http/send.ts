import type { JsonObject, Json } from '../../domain/request/request';
import { CredentialUnavailable } from './auth';
import { buildCall } from './build-call';
import type { CallTemplate } from './definition';
import type { ConnectorParts } from './parts';
import { renderBody, renderHeaders, renderPath, renderQuery } from './template';
import type { Exchange, ExchangeOptions, OutgoingCall } from './transport';

/** A call without its credential. */
export interface RenderedCall {
  method: string;
  target: string;
  headers: Record<string, string>;
  body?: Json;
}

export interface SentCall {
  call: OutgoingCall;
  exchange: Exchange;
  /** The ERP did not accept the credential, and the next call will carry a new one. */
  renewed: boolean;
}

/** Fills a call in. @throws TemplateError when the values do not fit: nothing is sent then */
export function render(method: string, template: CallTemplate, values: JsonObject): RenderedCall {
  return {
    method,
    target: renderPath(template.path, values) + renderQuery(template.query, values),
    headers: renderHeaders(template.headers, values),
    body: template.body && renderBody(template.body, values),
  };
}

/** Makes one authenticated call. Never throws for what the ERP or its token endpoint does. */
export async function send(
  parts: ConnectorParts,
  rendered: RenderedCall,
  traceId: string | undefined,
  options: ExchangeOptions,
): Promise<SentCall> {
  const end = performance.now() + options.timeoutMs;
  const build = (credential: Record<string, string>): OutgoingCall =>
    buildCall({
      ...rendered,
      headers: { ...parts.headers, ...rendered.headers, ...credential },
      traceId,
    });
  let credential: Record<string, string>;
  try {
    credential = await parts.auth.headers(options);
  } catch (error) {
    if (!(error instanceof CredentialUnavailable)) throw error;
    const exchange: Exchange = { kind: 'not_sent', reason: error.message, mend: error.mend };
    return { call: build({}), exchange, renewed: false };
  }
  const call = build(credential);
  const timeoutMs = Math.max(Math.ceil(end - performance.now()), 1);
  const exchange = await parts.transport.exchange(call, { ...options, timeoutMs });
  const rejected = exchange.kind === 'answer' && exchange.status === 401;
  return { call, exchange, renewed: rejected && parts.auth.renew(credential) };
}
