import type { IncomingHttpHeaders } from 'node:http';

/** Why a call brought nothing, for people, and whether calling again can help. */
export interface Fault {
  remedy: 'silent' | 'mend';
  /** A sentence or more. */
  message: string;
}

/**
 * What an answer that is neither a success nor a declared "not found" means to an operator.
 * Only 5xx and 429 are the ERP's passing troubles; all else stays until somebody mends it.
 */
export function faultOf(status: number, headers: IncomingHttpHeaders): Fault {
  if (status === 429 || status === 408 || status >= 500) {
    return { remedy: 'silent', message: `It answered with status ${status}.` };
  }
  return {
    remedy: 'mend',
    message: `It answered with status ${status}: ${meaning(status, headers)}`,
  };
}

function meaning(status: number, headers: IncomingHttpHeaders): string {
  if (status === 401) return "it does not accept the credential. Check the connector's auth.";
  if (status === 403) return 'the credential may not do this. Give its account the right to.';
  if (status === 407) return 'a proxy asks for a credential. Check the way to the ERP.';
  if (status >= 300 && status < 400) {
    return `it has moved${destination(headers.location)}. Redirects are not followed: check the connector's address and path.`;
  }
  if (status === 404 || status === 405 || status === 410) {
    return "nothing that can be asked is at this path. Check the connector's address and path; where the status means that there is no such record, declare it as notFound.";
  }
  if (status === 400 || status === 422) {
    return "it does not accept what was asked. Check the values, and the connector's query.";
  }
  return "check the connector's address, auth and paths.";
}

/** The host alone: a path may hold what is nobody else's business. */
function destination(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? ` to ${new URL(location).host}` : '';
}
