import type { Log } from '../../application/change/deps';
import type { Clock } from '../../application/ports';
import type { Redactor } from '../redact';
import type { Authenticator } from './auth';
import type { HttpConnectorDefinition } from './definition';
import type { HttpTransport } from './transport';

/** What every call of one connector shares. */
export interface ConnectorParts {
  definition: HttpConnectorDefinition;
  transport: HttpTransport;
  redactor: Redactor;
  auth: Authenticator;
  /** Sent with every call, under small letters. */
  headers: Record<string, string>;
  clock: Clock;
  log: Pick<Log, 'warn'>;
}
