import type { ConnectorTraits, OperationTraits } from '../../application/ports';
import type { HttpConnectorDefinition, OperationDefinition } from './definition';
import { templatesOf } from './placeholders';

/** What an HTTP connector can do, as its file declares it. */
export function httpTraits(definition: HttpConnectorDefinition): ConnectorTraits {
  return {
    id: definition.id,
    title: definition.title,
    lookups: Object.keys(definition.lookups),
    operations: Object.fromEntries(
      Object.entries(definition.operations).map(([name, one]) => [name, operationTraits(one)]),
    ),
    templates: templatesOf(definition),
    longestCallMs: Math.max(
      definition.retry.totalMs,
      ...Object.values(definition.operations).map(({ find, verify }) =>
        Math.max(find?.timeoutMs ?? 0, verify?.timeoutMs ?? 0),
      ),
    ),
    limits: definition.limits,
  };
}

function operationTraits(operation: OperationDefinition): OperationTraits {
  const { find, verify, keyWindowMs, reverse } = operation;
  const reads = operation.method === 'GET';
  return {
    reads,
    // A read is harmless to repeat, which is all that class A promises.
    idempotency: reads || operation.idempotencyKeyHeader !== undefined ? 'A' : find ? 'B' : 'C',
    findable: find !== undefined,
    uniqueReference: find?.unique ?? false,
    ...(keyWindowMs === undefined ? {} : { keyWindowMs }),
    ...(reverse === undefined ? {} : { reverse }),
    ...(reads || find || verify ? {} : { unverifiable: true }),
  };
}
