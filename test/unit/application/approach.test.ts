import fc from 'fast-check';
import type {
  ConnectorTraits,
  OperationTraits,
} from '../../../policy-service/src/application/ports';
import { approachTo } from '../../../policy-service/src/application/execution/doubt/approach';
import { nextLook } from '../../../policy-service/src/application/execution/doubt/next-look';
import type { Action } from '../../../policy-service/src/domain/catalogue/action';
import type { Execution } from '../../../policy-service/src/domain/request/execution';

const NOW = new Date('2026-01-10T00:00:00.000Z');
const HOUR = 3_600_000;
const ago = (ms: number): string => new Date(NOW.getTime() - ms).toISOString();

const action = (idempotency: Action['idempotency']): Action => ({ idempotency }) as Action;
const traits = (operation: Partial<OperationTraits>): ConnectorTraits => ({
  id: 'erp',
  title: 'ERP',
  lookups: [],
  operations: {
    write: {
      reads: false,
      idempotency: 'A',
      findable: false,
      uniqueReference: false,
      ...operation,
    },
  },
  longestCallMs: 1000,
  limits: { concurrency: 1, perSecond: 1 },
});
const begun = (ageMs: number): Execution => ({
  status: 'outcome_unknown',
  idempotencyKey: 'el-req_1',
  steps: [{ name: 'write', operation: 'write', status: 'unknown', startedAt: ago(ageMs) }],
  attempts: [],
  leaseOwner: 'a',
  leaseUntil: ago(0),
  startedAt: ago(ageMs),
});

test.each([
  ['A within its window', 'A', { keyWindowMs: 2 * HOUR }, HOUR, 'resend'],
  ['A for ever', 'A', {}, 1000 * HOUR, 'resend'],
  ['A after its window, findable', 'A', { keyWindowMs: HOUR, findable: true }, HOUR, 'look'],
  ['A after its window', 'A', { keyWindowMs: HOUR }, HOUR, 'person'],
  ['B', 'B', { idempotency: 'B', findable: true }, 0, 'look'],
  ['B that promises too much', 'B', { idempotency: 'B' }, 0, 'person'],
  ['C', 'C', { idempotency: 'C' }, 0, 'person'],
  ['A on an operation that is C', 'A', { idempotency: 'C' }, 0, 'person'],
  ['C on an operation that is A', 'C', {}, 0, 'person'],
  ['a read', 'C', { reads: true, idempotency: 'C' }, 1000 * HOUR, 'resend'],
] as const)('%s: %s', (_name, idempotency, operation, ageMs, expected) => {
  expect(approachTo(action(idempotency), traits(operation), begun(ageMs), NOW)).toBe(expected);
});

test('what the catalogue no longer has as it was begun goes to a person', () => {
  expect(approachTo(undefined, traits({}), begun(0), NOW)).toBe('person');
  expect(approachTo(action('A'), undefined, begun(0), NOW)).toBe('person');
});

const anyOperation = fc.record({
  reads: fc.constant(false),
  idempotency: fc.constantFrom('A' as const, 'B' as const, 'C' as const),
  findable: fc.boolean(),
  uniqueReference: fc.boolean(),
  keyWindowMs: fc.option(fc.nat(100 * HOUR), { nil: undefined }),
});

test('a write is only sent again by itself where both promise a key, and while it is remembered', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('A' as const, 'B' as const, 'C' as const),
      anyOperation,
      fc.nat(200 * HOUR),
      (idempotency, operation, ageMs) => {
        const approach = approachTo(action(idempotency), traits(operation), begun(ageMs), NOW);
        if (approach === 'resend') {
          expect([idempotency, operation.idempotency]).toEqual(['A', 'A']);
          expect(ageMs).toBeLessThan(operation.keyWindowMs ?? Infinity);
        }
        if (approach === 'look') expect(operation.findable).toBe(true);
        if (idempotency === 'C' || operation.idempotency === 'C') expect(approach).toBe('person');
      },
    ),
    { numRuns: 2000 },
  );
});

test('the waits grow to an hour and end after a day', () => {
  const wait = (ageMs: number): number | undefined => {
    const at = nextLook(action('A'), traits({}), begun(ageMs), { now: NOW, lived: NOW });
    return at === undefined ? undefined : Date.parse(at) - NOW.getTime();
  };
  expect(wait(0)).toBe(5_000);
  expect(wait(60_000)).toBe(60_000);
  expect(wait(10 * HOUR)).toBe(HOUR);
  expect(wait(24 * HOUR)).toBeUndefined();
  expect(nextLook(action('C'), traits({}), begun(0), { now: NOW, lived: NOW })).toBeUndefined();
});
