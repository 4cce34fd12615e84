import type { PerformInput } from '../../application/ports';
import type { JsonObject } from '../../domain/request';

/**
 * What placeholders stand for: the arguments, `@request_id`, and for each step that is done
 * `<step>.erp_reference` and `<step>.<member of its result>`.
 */
export function valuesOf(input: PerformInput): JsonObject {
  const brought = Object.entries(input.done).flatMap(([step, { erpReference, result }]) => {
    const members = Object.entries({ ...result, erp_reference: erpReference });
    return members.map(([name, value]) => [`${step}.${name}`, value]);
  });
  return {
    ...input.arguments,
    ...(Object.fromEntries(brought) as JsonObject),
    '@request_id': input.requestId,
  };
}
