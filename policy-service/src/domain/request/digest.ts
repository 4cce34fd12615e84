import { canonicalJson, sha256Hex } from '../canonical-json';
import type { GovernedRequest, Json, JsonObject } from './request';

/**
 * The version that requests validated from now on carry: their arguments are in canonical form.
 * Earlier ones (version 1, without a mark) hold them as they were sent.
 */
export const DIGEST_VERSION = 2;

/**
 * What a decision, an approval and an execution are bound to: SHA-256 over the RFC 8785 JSON of
 * who asked for exactly what, under the digest version of the request. Computed anew from the stored request at every check, so content
 * that changed after it was decided or approved never matches.
 * @returns lower-case hex
 */
export function requestDigest(request: GovernedRequest): string {
  return sha256Hex(boundText(request));
}

/**
 * The bound members in the order of RFC 8785. Every decision is digested, so the text is put
 * together here instead of sorting the same names each time.
 */
function boundText(request: GovernedRequest): string {
  const { subject } = request;
  return (
    `{"action":${text(request.intent?.action ?? null)}` +
    `,"actionVersion":${text(request.actionVersion ?? null)}` +
    `,"arguments":${argumentsText(request.arguments)}` +
    `,"connectorId":${text(request.connectorId ?? null)}` +
    `,"kind":${text(request.kind)}` +
    `,"requestId":${text(request.id)}` +
    `,"subject":{"requestedBy":${text(subject.requestedBy)}` +
    `,"tokenId":${text(subject.tokenId)}` +
    `,"verified":${text(subject.verified)}}` +
    `,"v":${text(request.digestVersion ?? 1)}}`
  );
}

function argumentsText(values: JsonObject | undefined): string {
  if (values === undefined) return 'null';
  let members = '';
  for (const name of Object.keys(values).sort()) {
    const value = values[name];
    if (value === undefined) continue;
    members += `${members === '' ? '' : ','}${text(name)}:${text(value)}`;
  }
  return `{${members}}`;
}

/** Needs no escape in JSON. */
const PLAIN = /^[\w .:@+-]*$/;

function text(value: Json): string {
  return typeof value === 'string' && PLAIN.test(value) ? `"${value}"` : canonicalJson(value);
}
