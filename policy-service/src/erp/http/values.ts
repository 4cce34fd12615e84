import { LosslessNumber } from 'lossless-json';
import type { PerformInput } from '../../application/ports';
import type { Json, JsonObject } from '../../domain/request/request';

/**
 * What placeholders stand for: the arguments, `@request_id`, and for each step that is done
 * `<step>.erp_reference` and `<step>.<member of its result>`. What the ERP gave as a number is
 * given back as one, with all of its digits.
 */
export function valuesOf(input: PerformInput): JsonObject {
  const brought = Object.entries(input.done).flatMap(
    ([step, { erpReference, result, numbers }]) => {
      const members = Object.entries({ ...result, erp_reference: erpReference });
      return members.map(([name, value]) => [`${step}.${name}`, asGiven(name, value, numbers)]);
    },
  );
  const given = Object.entries(input.arguments).map(([name, value]) => [
    name,
    asGiven(name, value, input.numbers),
  ]);
  return {
    ...(Object.fromEntries([...given, ...brought]) as JsonObject),
    '@request_id': input.requestId,
  };
}

/** The values of a call are only rendered, which knows this kind of number. */
function asGiven(name: string, value: Json | undefined, numbers: string[] = []): unknown {
  return typeof value === 'string' && numbers.includes(name) ? new LosslessNumber(value) : value;
}
