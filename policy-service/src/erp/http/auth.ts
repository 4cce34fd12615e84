import { validateHeaderValue } from 'node:http';
import { resolveSetting, type Environment } from '../setting';
import type { AuthDefinition, OAuth2Definition } from './definition';

/** What a credential may cost. */
export interface CredentialOptions {
  timeoutMs: number;
  signal?: AbortSignal;
}

/** No credential can be had; the message is a sentence without any secret. */
export class CredentialUnavailable extends Error {
  /** @param mend it stays so until somebody mends a setting */
  constructor(
    message: string,
    readonly mend: boolean,
  ) {
    super(message);
  }
}

/** Gives the headers that authenticate a call. */
export interface Authenticator {
  /** Their names, so that records hide them. */
  readonly headerNames: string[];
  /** @throws CredentialUnavailable */
  headers(options: CredentialOptions): Promise<Record<string, string>>;
  /**
   * The ERP answered 401 to a call with these headers.
   * @returns whether the next call will carry others
   */
  renew(rejected: Record<string, string>): boolean;
}

/**
 * Credentials that do not change while the service runs.
 * @throws Error naming the variable that must be set
 */
export function fixedCredentials(
  auth: Exclude<AuthDefinition, OAuth2Definition>,
  env: Environment,
): Authenticator {
  const headers = fixedHeaders(auth, env);
  for (const [name, value] of Object.entries(headers)) validateHeaderValue(name, value);
  return {
    headerNames: Object.keys(headers),
    headers: async () => headers,
    renew: () => false,
  };
}

function fixedHeaders(
  auth: Exclude<AuthDefinition, OAuth2Definition>,
  env: Environment,
): Record<string, string> {
  switch (auth.type) {
    case 'none':
      return {};
    case 'bearer':
      return { authorization: `Bearer ${resolveSetting(auth.token, env, 'the token of the ERP')}` };
    case 'header':
      return { [auth.header.toLowerCase()]: resolveSetting(auth.value, env, 'the key of the ERP') };
    case 'basic': {
      const username = resolveSetting(auth.username, env, 'the user name in the ERP');
      const password = resolveSetting(auth.password, env, 'the password in the ERP');
      return {
        authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      };
    }
  }
}
