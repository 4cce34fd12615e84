import fc from 'fast-check';
import type { Action } from '../../../policy-service/src/domain/catalogue/action';
import type {
  Execution,
  ExecutionStep,
} from '../../../policy-service/src/domain/request/execution';
import { undoAction, undoPlan } from '../../../policy-service/src/domain/catalogue/undo';

const NAMES = ['a', 'b', 'c', 'd', 'e'];

function action(compensation: Action['compensation'], steps = NAMES): Action {
  return {
    id: 'goods.receive',
    version: 3,
    title: 'Receive goods',
    stage: 'auto',
    executor: 'service',
    connector: 'erp',
    steps: steps.map((name) => ({ name, operation: `do_${name}` })),
    compensation,
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: { sku: { type: 'string' } },
    },
    extraction: {},
  } as unknown as Action;
}
function execution(steps: Partial<ExecutionStep>[], more: Partial<Execution> = {}): Execution {
  return { steps, attempts: [], ...more } as unknown as Execution;
}
const every = (): boolean => true;
const undoOf = (names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `undo_${name}`]));

test('the undoing is an action of its own, with a person as its floor unless it says otherwise', () => {
  expect(undoAction(action({ operation: 'reverse' }))).toMatchObject({
    id: 'goods.receive.undo',
    undoes: 'goods.receive',
    version: 3,
    stage: 'approve',
    compensation: 'irreversible',
    steps: [{ name: 'undo', operation: 'reverse' }],
    schema: { additionalProperties: false, properties: { sku: {}, erp_reference: {} } },
  });
  expect(undoAction(action({ operation: 'reverse', stage: 'auto' }))?.stage).toBe('auto');
  expect(undoAction(action('irreversible'))).toBeUndefined();
  expect(undoAction(action('none'))).toBeUndefined();
});

test('done steps are undone in reverse, each with its own document; nothing else is touched', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('done', 'failed', 'unknown', 'pending', 'started'), {
        minLength: 1,
        maxLength: NAMES.length,
      }),
      (statuses) => {
        const steps = statuses.map((status, index) => ({
          name: NAMES[index] as string,
          operation: `do_${NAMES[index]}`,
          status: status as ExecutionStep['status'],
          erpReference: `DOC-${NAMES[index]}`,
        }));
        const plan = undoPlan(action({ steps: undoOf(NAMES) }), execution(steps), every);
        const done = steps.filter(({ status }) => status === 'done').reverse();
        expect(plan).toEqual(
          done.map(({ name, erpReference }) => ({
            name: `undo-${name}`,
            operation: `undo_${name}`,
            status: 'pending',
            undoes: { step: name, erpReference, result: undefined },
          })),
        );
      },
    ),
  );
});

test('one written step that nobody declared how to undo makes the whole not undoable', () => {
  const steps: Partial<ExecutionStep>[] = [
    { name: 'a', operation: 'do_a', status: 'done' },
    { name: 'b', operation: 'do_b', status: 'done' },
  ];
  const partly = action({ steps: undoOf(['a']) });
  expect(undoPlan(partly, execution(steps), every)).toBeUndefined();
  expect(undoPlan(action('irreversible'), execution(steps), every)).toBeUndefined();
  // A step that only reads leaves nothing to undo.
  const plan = undoPlan(partly, execution(steps), (operation) => operation !== 'do_b');
  expect(plan?.map(({ name }) => name)).toEqual(['undo-a']);
});

test('one operation for the whole takes the number under which it was booked', () => {
  const steps: Partial<ExecutionStep>[] = [
    { name: 'a', operation: 'do_a', status: 'done', erpReference: 'DRAFT-1' },
    { name: 'b', operation: 'do_b', status: 'failed' },
  ];
  const whole = action({ operation: 'reverse' });
  expect(undoPlan(whole, execution(steps), every)).toMatchObject([
    { name: 'undo', operation: 'reverse', undoes: { erpReference: 'DRAFT-1' } },
  ]);
  expect(undoPlan(whole, execution(steps, { erpReference: 'PAY-1' }), every)).toMatchObject([
    { undoes: { erpReference: 'PAY-1' } },
  ]);
  expect(undoPlan(whole, execution([{ ...steps[1] }]), every)).toEqual([]);
});
