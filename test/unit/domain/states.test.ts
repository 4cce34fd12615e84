import fc from 'fast-check';
import { AppError } from '../../../policy-service/src/domain/errors';
import {
  assertCommand,
  assertTransition,
  COMMANDS,
  isTerminal,
  REQUEST_STATES,
  targetsOf,
  type Command,
  type RequestState,
} from '../../../policy-service/src/domain/request/states';

const TERMINAL: RequestState[] = [
  'invalid',
  'extraction_failed',
  'recommended',
  'blocked',
  'rejected',
  'expired',
  'superseded',
  'cancelled',
  'failed',
  'compensated',
  'compensation_failed',
];
const BEFORE_EXECUTING: RequestState[] = [
  'received',
  'extracted',
  'validated',
  'allowed',
  'awaiting_approval',
  'approved',
];

const anyState = fc.constantFrom(...REQUEST_STATES);
const anyCommand = fc.constantFrom<Command>(...COMMANDS);

describe('the state table', () => {
  test('answers every pair of state and command: either targets, or a refusal with a code', () => {
    fc.assert(
      fc.property(anyState, anyCommand, anyState, (from, command, to) => {
        const targets = targetsOf(from, command);
        const run = (): void => assertTransition(from, command, to);
        if (targets.includes(to)) expect(run).not.toThrow();
        else
          expect(run).toThrow(expect.objectContaining({ code: 'illegal_transition', status: 409 }));
        if (targets.length === 0) expect(() => assertCommand(from, command)).toThrow(AppError);
      }),
      { numRuns: 5000 },
    );
  });

  test('terminal states have no way out and all others have one', () => {
    expect(REQUEST_STATES.filter(isTerminal).sort()).toEqual([...TERMINAL].sort());
  });

  test('every state but the first is reached from somewhere', () => {
    const reached = new Set(
      REQUEST_STATES.flatMap((s) => COMMANDS.flatMap((c) => targetsOf(s, c))),
    );
    expect(REQUEST_STATES.filter((state) => !reached.has(state))).toEqual(['received']);
  });

  test('only allowed and approved lead to executing', () => {
    const sources = REQUEST_STATES.filter((s) =>
      COMMANDS.some((c) => targetsOf(s, c).includes('executing')),
    );
    expect(sources).toEqual(['allowed', 'approved']);
  });

  test('everything before executing can be cancelled, nothing after', () => {
    const cancellable = REQUEST_STATES.filter((state) => targetsOf(state, 'cancel').length > 0);
    expect(cancellable).toEqual(BEFORE_EXECUTING);
  });
});
