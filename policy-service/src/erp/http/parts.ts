import type { Log } from '../../application/deps';
import type { Clock } from '../../application/ports';
import type { HttpConnectorDefinition } from './definition';
import type { Redactor } from './redact';
import type { HttpTransport } from './transport';

/** What every call of one connector shares. */
export interface ConnectorParts {
  definition: HttpConnectorDefinition;
  transport: HttpTransport;
  redactor: Redactor;
  /** Header that authenticates each call; empty for none. */
  auth: Record<string, string>;
  clock: Clock;
  log: Pick<Log, 'warn'>;
}
