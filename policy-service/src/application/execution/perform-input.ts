import type { ExecutionStep } from '../../domain/request/execution';
import type { GovernedRequest } from '../../domain/request/request';
import type { PerformInput, StepOutcome } from '../ports';

/** What a step is to the ERP: equal for every attempt, and for the search for what it wrote. */
export function performInput(request: GovernedRequest, step: ExecutionStep): PerformInput {
  const { execution } = request;
  if (!execution) throw new Error('a step belongs to an execution');
  const { undoes } = step;
  const { erpReference: reference, numbers = [] } = undoes ?? {};
  return {
    operation: step.operation,
    step: step.name,
    arguments: {
      ...request.arguments,
      ...(reference === undefined ? {} : { erp_reference: reference }),
    },
    ...(numbers.includes('erp_reference') ? { numbers: ['erp_reference'] } : {}),
    requestId: request.id,
    idempotencyKey: `${execution.idempotencyKey}-${step.name}`,
    done: doneBy([...execution.steps, ...(execution.undo ?? [])]),
    ...(undoes === undefined
      ? {}
      : {
          undoes: {
            requestId: request.compensates ?? request.id,
            ...undoes,
            result: undoes.result ?? {},
          },
        }),
  };
}

function doneBy(steps: ExecutionStep[]): Record<string, StepOutcome> {
  const outcomes = steps.flatMap(({ name, status, erpReference, result, numbers, undoes }) => [
    ...(undoes?.step === undefined ? [] : [outcomeOf(undoes.step, undoes)]),
    ...(status === 'done' ? [outcomeOf(name, { erpReference, result, numbers })] : []),
  ]);
  return Object.fromEntries(outcomes);
}

function outcomeOf(
  name: string,
  { erpReference, result = {}, numbers }: Partial<StepOutcome>,
): [string, StepOutcome] {
  const outcome: StepOutcome = { result };
  if (erpReference !== undefined) outcome.erpReference = erpReference;
  if (numbers !== undefined) outcome.numbers = numbers;
  return [name, outcome];
}
