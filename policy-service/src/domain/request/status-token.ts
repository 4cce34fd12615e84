const SEPARATOR = '.';

/**
 * The capability of a requester's status page. It names its request, so that no index of tokens is
 * needed to find it; the secret part alone makes it unguessable.
 * @param secret at least 128 random bits, without a dot
 */
export function statusTokenOf(requestId: string, secret: string): string {
  return `${requestId}${SEPARATOR}${secret}`;
}

/** What makes a token unguessable, or all of one that names no request. */
export function secretOf(statusToken: string): string {
  return statusToken.slice(statusToken.indexOf(SEPARATOR) + 1);
}

/** The request that a token names; undefined for one from before tokens named their request. */
export function requestNamedBy(statusToken: string): string | undefined {
  const end = statusToken.indexOf(SEPARATOR);
  return end < 0 ? undefined : statusToken.slice(0, end);
}
