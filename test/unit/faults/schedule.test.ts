import { FAULT_KINDS } from '../../../policy-service/src/mock-erp/faults';
import { takenBack } from '../../faults/checks';
import { contradiction } from '../../faults/journal';
import { killPlan, operation } from '../../faults/schedule';

const FIRST = Array.from({ length: 300 }, (_, n) => n);

test('the schedule follows from the seed alone', () => {
  for (const planned of [killPlan, operation]) {
    const backwards = [...FIRST].reverse().map((n) => planned(42, n));
    expect(FIRST.map((n) => planned(42, n))).toEqual([...backwards].reverse());
    expect(FIRST.map((n) => planned(43, n))).not.toEqual([...backwards].reverse());
  }
});

test('200 kills show every fault, every moment, and two processes at once', () => {
  const plans = FIRST.slice(0, 200).map((n) => killPlan(1, n));
  const kinds = new Set(plans.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
  expect([...kinds].sort()).toEqual([...FAULT_KINDS].sort());
  expect(new Set(plans.map(({ moment }) => moment)).size).toBe(3);
  expect(new Set(plans.map(({ victims }) => victims)).size).toBe(3);
  expect(new Set(plans.map(({ processes }) => processes))).toEqual(new Set([1, 2]));
});

test('a later answer must not take back an earlier one', () => {
  const told = { call: 'c', hash: 'h', requestId: 'req_1' };
  const executed = {
    ...told,
    repeat: 'current' as const,
    state: 'executed',
    erpReference: 'PAY-1',
  };
  expect(contradiction(executed, { ...executed, hash: 'other' })).toBeUndefined();
  expect(contradiction(executed, { ...executed, state: 'compensated' })).toBeUndefined();
  expect(contradiction(executed, { ...executed, state: 'failed' })).toMatch(/was executed/);
  expect(contradiction(executed, { ...executed, erpReference: 'PAY-2' })).toMatch(/PAY-1/);
  expect(contradiction(executed, { ...executed, requestId: 'req_2' })).toMatch(/req_2/);
  const unknown = { ...executed, state: 'outcome_unknown', erpReference: undefined };
  expect(contradiction(unknown, executed)).toBeUndefined();
  const whole = { ...told, repeat: 'whole' as const };
  expect(contradiction(whole, whole)).toBeUndefined();
  expect(contradiction(whole, { ...whole, hash: 'other' })).toMatch(/another answer/);
});

test('an acknowledged request that is gone, or no longer so, is found', () => {
  const told = {
    call: 'c',
    repeat: 'current' as const,
    hash: 'h',
    requestId: 'req_1',
    state: 'executed',
    erpReference: 'PAY-1',
  };
  const ours = {
    id: 'req_1',
    kind: 'action' as const,
    state: 'executed',
    requestedBy: 'ana',
    action: 'pay.search',
    arguments: {},
    steps: [],
    undo: [],
    erpReference: 'PAY-1',
  };
  expect(takenBack([told], [ours])).toEqual([]);
  expect(takenBack([told], [{ ...ours, state: 'compensated' }])).toEqual([]);
  expect(takenBack([told], [])).toMatchObject([{ rule: 'taken-back', requestId: 'req_1' }]);
  expect(takenBack([told], [{ ...ours, state: 'outcome_unknown' }])).toHaveLength(1);
  expect(takenBack([told], [{ ...ours, erpReference: 'PAY-2' }])).toHaveLength(1);
});
