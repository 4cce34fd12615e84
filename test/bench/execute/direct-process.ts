import { randomBytes, randomUUID } from 'node:crypto';
import { ConnectorFacts } from '../../../policy-service/src/application/facts/look-up-facts';
import type { Connector } from '../../../policy-service/src/application/ports';
import { createConnector } from '../../../policy-service/src/erp/connectors';
import { ServiceClock } from '../../../policy-service/src/system/service-clock';
import { answerMessages } from '../worker';
import { ACTION, ARGUMENTS, shippedBundle } from './subject';
import { timedCalls, type Timed } from './timed-calls';

/** One round without the layer: what an execution asks the ERP, by the same connector. */
export interface DirectLoad {
  erpUrl: string;
  connections: number;
  calls: number;
}

let perform: ((requestId: string) => Promise<void>) | undefined;

answerMessages(async ({ erpUrl, connections, calls }: DirectLoad): Promise<Timed> => {
  perform ??= directCalls(erpUrl);
  const ids = Array.from({ length: calls }, () => `direct-${randomUUID()}`);
  const before = process.cpuUsage();
  const result = await timedCalls(ids, connections, perform);
  const { user, system } = process.cpuUsage(before);
  return { ...result, cpu: (user + system) / 1000 / calls };
});

/** The lookups of the action, then its write: nothing is decided, stored or logged. */
function directCalls(erpUrl: string): (requestId: string) => Promise<void> {
  const { bundle, connectors } = shippedBundle();
  const action = bundle.action(ACTION);
  const step = action?.steps[0];
  const definition = connectors.find(({ id }) => id === action?.connector);
  if (!action || !step || !definition) throw new Error(`The bundle has no ${ACTION} any more.`);
  const clock = new ServiceClock();
  const connector: Connector = createConnector(definition, {
    env: { EXECUTION_LAYER_MOCK_ERP_URL: erpUrl },
    clock,
    log: { warn: () => undefined },
  });
  const facts = new ConnectorFacts(() => connector, clock);
  return async (requestId) => {
    const traceId = randomBytes(16).toString('hex');
    await facts.entities(action, ARGUMENTS, traceId, 'now');
    const input = {
      operation: step.operation,
      step: step.name,
      arguments: ARGUMENTS,
      requestId,
      idempotencyKey: requestId,
      done: {},
    };
    const result = await connector.perform(input, { traceId });
    if (result.outcome !== 'done') throw new Error(`A direct call failed: ${result.message}`);
  };
}
