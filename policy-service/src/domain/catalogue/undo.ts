import type { Action, ActionStep } from './action';
import type { Execution, ExecutionStep, UndoneStep } from '../request/execution';
import type { JsonObject } from '../request/request';

/** Id of the action that undoes another one: `<id>.undo`, as rules name it. */
export function undoId(actionId: string): string {
  return `${actionId}.undo`;
}

/** Name of the one step that undoes a whole action, and before a step's name that undoes it. */
const UNDO = 'undo';

/**
 * The action that undoes `action`: same arguments and entities, so that rules can judge it like
 * any other, and `erp_reference`, the document that is undone. Undoing cannot itself be undone.
 * @returns undefined when the action cannot be undone, or writes nothing
 */
export function undoAction(action: Action): Action | undefined {
  const { compensation } = action;
  if (typeof compensation === 'string') return undefined;
  return {
    ...action,
    id: undoId(action.id),
    undoes: action.id,
    title: `Undo: ${action.title}`,
    description: `Takes back what "${action.title}" wrote.`,
    stage: compensation.stage ?? 'approve',
    steps: undoSteps(action).map(({ undoes: _, ...step }) => step),
    compensation: 'irreversible',
    schema: withReference(action.schema),
    extraction: {},
  };
}

/**
 * The steps that take back what an execution wrote: its done steps in reverse, each with the
 * document that it undoes.
 * @returns undefined when something that was written cannot be undone
 */
export function undoPlan(
  action: Action,
  execution: Execution,
  writes: (operation: string) => boolean,
): ExecutionStep[] | undefined {
  const done = execution.steps.filter(
    ({ status, operation }) => status === 'done' && writes(operation),
  );
  if (done.length === 0) return [];
  const { compensation } = action;
  if (typeof compensation === 'string') return undefined;
  if ('operation' in compensation) {
    const last = lastOf(done);
    const { erpReference, result } = execution.erpReference ? execution : last;
    const undoes: UndoneStep = { erpReference, result, numbers: last.numbers };
    return [{ name: UNDO, operation: compensation.operation, status: 'pending', undoes }];
  }
  const plan: ExecutionStep[] = [];
  for (const { name, erpReference, result, numbers } of [...done].reverse()) {
    const operation = compensation.steps[name];
    if (operation === undefined) return undefined;
    const undoes: UndoneStep = { step: name, erpReference, result, numbers };
    plan.push({ name: `${UNDO}-${name}`, operation, status: 'pending', undoes });
  }
  return plan;
}

function lastOf(done: ExecutionStep[]): UndoneStep {
  const step = done.findLast(({ erpReference }) => erpReference !== undefined) ?? done.at(-1);
  return { erpReference: step?.erpReference, result: step?.result, numbers: step?.numbers };
}

function undoSteps(action: Action): (ActionStep & { undoes?: string })[] {
  const { compensation } = action;
  if (typeof compensation === 'string') return [];
  if ('operation' in compensation) return [{ name: UNDO, operation: compensation.operation }];
  return [...action.steps].reverse().flatMap(({ name }) => {
    const operation = compensation.steps[name];
    return operation === undefined ? [] : [{ name: `${UNDO}-${name}`, operation, undoes: name }];
  });
}

function withReference(schema: JsonObject): JsonObject {
  return {
    ...schema,
    properties: {
      ...(schema['properties'] as JsonObject),
      erp_reference: {
        type: 'string',
        maxLength: 200,
        title: 'Undone document',
        description: 'Number under which the ERP holds what is undone',
      },
    },
  };
}
