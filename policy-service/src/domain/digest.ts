import { canonicalJson, sha256Hex } from './canonical-json';
import type { GovernedRequest } from './request';

/**
 * What a decision, an approval and an execution are bound to: SHA-256 over the RFC 8785 JSON of
 * who asked for exactly what. Computed anew from the stored request at every check, so content
 * that changed after it was decided or approved never matches.
 * @returns lower-case hex
 */
export function requestDigest(request: GovernedRequest): string {
  return sha256Hex(
    canonicalJson({
      v: 1,
      requestId: request.id,
      kind: request.kind,
      subject: {
        tokenId: request.subject.tokenId,
        requestedBy: request.subject.requestedBy,
        verified: request.subject.verified,
      },
      action: request.intent?.action ?? null,
      actionVersion: request.actionVersion ?? null,
      connectorId: request.connectorId ?? null,
      arguments: request.arguments ?? null,
    }),
  );
}
