import type { PerformInput } from '../../policy-service/src/application/ports';
import type { JsonObject } from '../../policy-service/src/domain/request/request';

let undos = 0;

/** The undo of what another input wrote, as the service would hand it over: a request of its own. */
export function undoOf(
  original: PerformInput,
  operation: string,
  erpReference: string,
  changes: JsonObject = {},
): PerformInput {
  const { requestId, step } = original;
  const undo = `${requestId}_undo_${(undos += 1)}`;
  return {
    ...original,
    operation,
    arguments: { ...original.arguments, erp_reference: erpReference, ...changes },
    requestId: undo,
    idempotencyKey: `el-${undo}-${step}`,
    undoes: { requestId, step, erpReference, result: {} },
  };
}
