import fc from 'fast-check';
import {
  CONTROL_KINDS,
  sameTarget,
  stoppedBy,
  stopSentence,
  targetInWords,
  type Control,
  type ControlTarget,
  type Stoppable,
} from '../../../policy-service/src/domain/stops/stop';
import type { Person } from '../../../policy-service/src/domain/identity/identity';
import { nearMiss } from '../../../policy-service/src/domain/near-miss';

const ANA: Person = {
  email: 'ana@example.com',
  name: 'Ana',
  roles: [],
  aliases: ['ana.s', 'A. Smith'],
  passwordHash: '',
  createdAt: '',
};
const SUBJECT: Stoppable = {
  action: 'vendor_payment.create',
  connectorId: 'mock-erp',
  requestedBy: 'ana@example.com',
  tokenId: 'tok_1',
};
let made = 0;
const stop = (target: ControlTarget, more: Partial<Control> = {}): Control => ({
  id: `ctl_${(made += 1)}`,
  target,
  reason: 'r',
  at: '2026-01-01T00:00:00.000Z',
  by: 'ops@example.com',
  ...more,
});
const holds = (target: ControlTarget, subject: Partial<Stoppable> = {}): boolean =>
  stoppedBy([stop(target)], { ...SUBJECT, ...subject }, [ANA]) !== undefined;

describe('what a stop covers', () => {
  test.each<[ControlTarget, boolean]>([
    [{ kind: 'all' }, true],
    [{ kind: 'action', id: 'vendor_payment.create' }, true],
    [{ kind: 'action', id: 'vendor_payment' }, false],
    [{ kind: 'connector', id: 'mock-erp' }, true],
    [{ kind: 'connector', id: 'mock' }, false],
    [{ kind: 'token', id: 'tok_1' }, true],
    [{ kind: 'token', id: 'tok_12' }, false],
    [{ kind: 'requester', id: 'ana.s' }, true],
    [{ kind: 'requester', id: 'bob' }, false],
  ])('%j: %s', (target, expected) => expect(holds(target)).toBe(expected));

  test('undoing is an action of its own: stopping an action leaves its undo, and the other way', () => {
    const undo = { action: 'vendor_payment.create.undo' };
    expect(holds({ kind: 'action', id: 'vendor_payment.create' }, undo)).toBe(false);
    expect(holds({ kind: 'action', id: 'vendor_payment.create.undo' }, undo)).toBe(true);
    expect(holds({ kind: 'action', id: 'vendor_payment.create.undo' })).toBe(false);
  });

  test.each<ControlTarget>([
    { kind: 'all' },
    { kind: 'connector', id: 'mock-erp' },
    { kind: 'token', id: 'tok_1' },
    { kind: 'requester', id: 'ana@example.com' },
  ])('%j holds an undo like anything else', (target) => {
    expect(holds(target, { action: 'vendor_payment.create.undo' })).toBe(true);
  });

  test('an action without a connector, or not recognised yet, is held by what is known of it', () => {
    const early = { action: null, connectorId: undefined };
    expect(holds({ kind: 'all' }, early)).toBe(true);
    expect(holds({ kind: 'connector', id: 'mock-erp' }, early)).toBe(false);
    expect(holds({ kind: 'token', id: 'tok_1' }, early)).toBe(true);
  });

  test('a lifted stop holds nothing', () => {
    const lifted = stop({ kind: 'all' }, { liftedAt: '2026-01-02T00:00:00.000Z' });
    expect(stoppedBy([lifted], SUBJECT, [])).toBeUndefined();
  });
});

describe('laws', () => {
  const name = fc.constantFrom('ana@example.com', 'ana.s', 'A. Smith');
  const disguises: ((text: string) => string)[] = [
    (text) => text.toUpperCase(),
    (text) => `  ${text}\t`,
    (text) => `Somebody <${text}>`,
    (text) => [...text].join('\u200b'),
    (text) => text.replace('@', '\uff20'),
    (text) => text.normalize('NFKD'),
  ];

  test('nobody slips past by spelling or alias', () => {
    fc.assert(
      fc.property(name, name, fc.shuffledSubarray(disguises), (stopped, claim, ways) => {
        const requestedBy = ways.reduce<string>((text, way) => way(text), claim);
        return holds({ kind: 'requester', id: stopped }, { requestedBy });
      }),
    );
  });

  const target: fc.Arbitrary<ControlTarget> = fc.constantFrom<ControlTarget>(
    { kind: 'all' },
    { kind: 'action', id: 'vendor_payment.create' },
    { kind: 'action', id: 'other' },
    { kind: 'connector', id: 'mock-erp' },
    { kind: 'token', id: 'tok_1' },
    { kind: 'token', id: 'tok_2' },
    { kind: 'requester', id: 'ANA.S' },
    { kind: 'requester', id: 'bob' },
  );

  test('another stop never lets anything through, in any order', () => {
    fc.assert(
      fc.property(fc.array(target, { maxLength: 5 }), target, (targets, added) => {
        const stops = targets.map((one) => stop(one));
        const before = stoppedBy(stops, SUBJECT, [ANA]);
        const after = stoppedBy([stop(added), ...stops].reverse(), SUBJECT, [ANA]);
        return before === undefined || after !== undefined;
      }),
    );
  });

  test('the broadest is told, then the oldest, however they are listed', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...CONTROL_KINDS], { minLength: 1 }), (kinds) => {
        const ids = { action: SUBJECT.action, connector: 'mock-erp', token: 'tok_1' };
        const stops = kinds.map((kind) =>
          stop(
            kind === 'all'
              ? { kind }
              : { kind, id: (kind === 'requester' ? 'ana.s' : ids[kind]) as string },
          ),
        );
        const told = stoppedBy(stops, SUBJECT, [ANA])?.target.kind;
        return told === CONTROL_KINDS.find((kind) => kinds.includes(kind));
      }),
    );
    const old = stop({ kind: 'all' }, { at: '2025-01-01T00:00:00.000Z' });
    expect(stoppedBy([stop({ kind: 'all' }), old], SUBJECT, [])).toBe(old);
  });

  test('two targets are the same exactly when neither can be told from the other', () => {
    const key = (one: ControlTarget): string => JSON.stringify(one);
    fc.assert(
      fc.property(target, target, (a, b) => sameTarget(a, b, [ANA]) === (key(a) === key(b))),
    );
    const alias: ControlTarget = { kind: 'requester', id: 'a. smith' };
    expect(sameTarget(alias, { kind: 'requester', id: 'ana@example.com' }, [ANA])).toBe(true);
    expect(sameTarget(alias, { kind: 'token', id: 'a. smith' }, [ANA])).toBe(false);
  });
});

test('sentences', () => {
  expect(stopSentence({ reason: 'The ERP is down' })).toBe(
    'Execution is stopped: The ERP is down.',
  );
  expect(stopSentence({ reason: 'Why? Look!' })).toBe('Execution is stopped: Why? Look!');
  expect(targetInWords({ kind: 'all' })).toBe('everything');
  expect(targetInWords({ kind: 'token', id: 'tok_1' })).toBe('the token tok_1');
});

describe('near misses', () => {
  const known = ['vendor_payment.create', 'inventory.adjust', 'ticket.route'];
  test.each([
    ['vendor_payment.crate', 'vendor_payment.create'],
    ['Vendor-Payment.Create', 'vendor_payment.create'],
    ['ticket.rout', 'ticket.route'],
    ['inventory.adjst', 'inventory.adjust'],
    ['something.else.entirely', undefined],
    ['', undefined],
  ])('%j means %j', (name, meant) => expect(nearMiss(name, known)).toBe(meant));

  test('a known name is its own nearest', () => {
    fc.assert(fc.property(fc.constantFrom(...known), (name) => nearMiss(name, known) === name));
  });
});
