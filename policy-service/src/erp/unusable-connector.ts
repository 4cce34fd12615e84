import { ConnectorUnavailable, type Connector } from '../application/ports';
import { traitsOf, type ConnectorDefinition } from './connectors';

/**
 * Stands for a connector of the active policy that cannot be made: a setting of this process is
 * missing or wrong. Its actions wait until that is mended, and all others go on.
 * @param fault a sentence on what is to be mended
 */
export function unusableConnector(definition: ConnectorDefinition, fault: string): Connector {
  const refuse = (): Promise<never> => Promise.reject(new ConnectorUnavailable(fault, 'mend'));
  return {
    id: definition.id,
    traits: traitsOf(definition),
    fault,
    lookup: refuse,
    find: refuse,
    verify: refuse,
    admit: refuse,
    // Nothing comes here that was not admitted before its settings were lost.
    perform: () => Promise.resolve({ outcome: 'unknown', message: fault, attempts: [] }),
    ping: () => Promise.resolve(false),
  };
}
