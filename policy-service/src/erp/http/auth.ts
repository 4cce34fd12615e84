import { validateHeaderValue } from 'node:http';
import type { Secrets } from '../secrets';
import { resolveSetting, type Environment, type Setting } from '../setting';
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
  secrets: Secrets,
): Authenticator {
  const headers = fixedHeaders(auth, env, secrets);
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
  secrets: Secrets,
): Record<string, string> {
  const secret = (setting: Setting, what: string): string => {
    const value = resolveSetting(setting, env, what);
    secrets.add(value);
    return value;
  };
  switch (auth.type) {
    case 'none':
      return {};
    case 'bearer':
      return { authorization: `Bearer ${secret(auth.token, 'the token of the ERP')}` };
    case 'header': {
      const value = secret(auth.value, 'the key of the ERP');
      // A scheme before the key, as in "Token abc": the key alone is secret too.
      const key = value.split(' ').at(-1) ?? value;
      secrets.add(key);
      return { [auth.header.toLowerCase()]: value };
    }
    case 'basic': {
      const username = resolveSetting(auth.username, env, 'the user name in the ERP');
      const password = secret(auth.password, 'the password in the ERP');
      secrets.add(`${username}:${password}`);
      return {
        authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      };
    }
  }
}
