import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { resolveSetting, type Environment, type Setting } from '../setting';
import type { TlsDefinition } from './definition';

/** What a connection over TLS needs besides the defaults; certificates are always verified. */
export type TlsOptions = Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'passphrase'> & {
  servername?: string;
};

/**
 * Reads the files that a definition names.
 * @throws Error with a sentence when a setting is missing or a file cannot be used
 */
export function readTls(definition: TlsDefinition, env: Environment): TlsOptions {
  const file = (setting: Setting | undefined, what: string): Buffer | undefined =>
    setting && readPem(resolveSetting(setting, env, `the path of ${what}`), what);
  const text = (setting: Setting | undefined, what: string): string | undefined =>
    setting && resolveSetting(setting, env, what);
  const options = definedOnly({
    ca: file(definition.caFile, 'the certificates of trusted authorities'),
    cert: file(definition.certFile, 'the certificate of the client'),
    key: file(definition.keyFile, 'the key of the client'),
    passphrase: text(definition.passphrase, "the passphrase of the client's key"),
    servername: text(definition.serverName, "the name in the ERP's certificate"),
  });
  try {
    createSecureContext(options);
  } catch {
    throw new Error(
      'The files of tls do not fit together: check that they are PEM, and that the key belongs to the certificate.',
    );
  }
  return options;
}

function readPem(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(
      `The file ${path} with ${what} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}

function definedOnly<T extends object>(options: T): T {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T;
}
