import { nothingDone, messageFor } from '../../../policy-service/src/application/views/message';
import type {
  Attempt,
  Execution,
  ExecutionStep,
} from '../../../policy-service/src/domain/request/execution';
import type { KnownBy } from '../../../policy-service/src/domain/request/known-by';
import type { GovernedRequest } from '../../../policy-service/src/domain/request/request';
import {
  REQUEST_STATES,
  targetsOf,
  type RequestState,
} from '../../../policy-service/src/domain/request/states';

/**
 * What the product says of a request, held to what is known, in every combination in which a
 * request can be stored: state x kind x class x restored or not x whose word x what was sent.
 */

const AT = '2026-01-02T00:00:00.000Z';
const BEFORE = '2026-01-01T00:00:00.000Z';
const RESTORED = {
  no: undefined,
  open: { at: AT },
  undoing: { at: AT, undoes: true as const },
  confirmed: { at: AT, confirmed: { by: 'o@example.com', at: AT, evidence: 'Looked.' } },
};
const WORDS: KnownBy[] = ['never_sent', 'answer', 'look', 'report', 'person'];
const SENT = ['no', 'maybe', 'yes'] as const;

interface Situation {
  state: RequestState;
  kind: GovernedRequest['kind'];
  class: 'A' | 'B' | 'C';
  restored: keyof typeof RESTORED;
  word: KnownBy;
  sent: (typeof SENT)[number];
  external: boolean;
  /** Half done, and taken back by itself. */
  undo: boolean;
  /** Nobody has looked after it. */
  open: boolean;
}

const BEGUN: RequestState[] = [
  'executing',
  'executed',
  'failed',
  'outcome_unknown',
  'compensating',
  'compensated',
  'compensation_failed',
];

/** Whether a request can be stored so, by the state table and what each part of the code writes. */
function reachable(one: Situation): boolean {
  const { state, kind, restored, word, external, undo, sent } = one;
  if (kind === 'compensation' && external) return false;
  if (restored === 'undoing' && kind !== 'compensation') return false;
  if (undo && (external || !state.startsWith('compensat'))) return false;
  // What undoes is not undone.
  if (kind === 'compensation' && state.startsWith('compensat')) return false;
  if (word === 'report' && !external) return false;
  if (external && ['never_sent', 'answer', 'look'].includes(word)) return false;
  if (word === 'look' && (one.class === 'C' || state === 'failed')) return false;
  if (word === 'never_sent' && state !== 'failed') return false;
  // Only what nobody knows is in doubt; elsewhere one value stands for all.
  return state === 'outcome_unknown' || sent === 'yes';
}

function requestOf(one: Situation): GovernedRequest {
  const { state, kind, open } = one;
  const lookedInto = ['outcome_unknown', 'compensating'].includes(state) && one.class !== 'C';
  const needsPerson =
    open && ['outcome_unknown', 'compensating', 'compensation_failed'].includes(state);
  return {
    id: 'req_1',
    kind,
    state,
    traceId: '',
    subject: { tokenId: '', tokenOwner: null, requestedBy: 'ana', verified: false, roles: [] },
    source: 'test',
    context: {},
    needsPerson,
    ...(lookedInto && needsPerson && !one.external ? { deadline: '2026-01-03T00:05:00.000Z' } : {}),
    ...(BEGUN.includes(state) ? { execution: executionOf(one) } : {}),
    restored: RESTORED[one.restored],
    statusToken: '',
    statusExpiresAt: '',
    createdAt: BEFORE,
    updatedAt: BEFORE,
  };
}

function executionOf(one: Situation): Execution {
  const { state, word, external, undo } = one;
  const settled = !['executing', 'outcome_unknown', 'compensating'].includes(state);
  const taken = state.startsWith('compensat') && !undo;
  return {
    // An original stays executed while and after another request undoes it.
    status: taken ? 'executed' : (state as Execution['status']),
    idempotencyKey: 'el-req_1',
    steps: external ? [] : [stepOf(one)],
    ...(undo ? { undo: [{ ...stepOf(one), name: 'undo' }], incomplete: 'No stock.' } : {}),
    attempts: one.sent === 'yes' && state === 'outcome_unknown' ? [ATTEMPT] : [],
    ...(settled || taken ? { knownBy: word } : {}),
    ...(taken ? { undoKnownBy: word } : {}),
    message: state === 'executed' ? undefined : 'The reason.',
    leaseOwner: 'a',
    leaseUntil: BEFORE,
    startedAt: BEFORE,
    finishedAt: BEFORE,
    ...(external ? { permit: { id: 'p', secretHash: '', expiresAt: AT } } : {}),
  };
}

const ATTEMPT: Attempt = {
  ...{ step: 'write', number: 1, startedAt: BEFORE, durationMs: 1 },
  ...{ outcome: 'unknown', request: {} },
};

function stepOf({ state, sent, word }: Situation): ExecutionStep {
  const step = { name: 'write', operation: 'write' };
  if (state !== 'outcome_unknown') return { ...step, status: 'done', knownBy: word };
  return { ...step, status: 'unknown', ...(sent === 'no' ? { unsent: true } : {}) };
}

/** Whether it is proved that the ERP holds nothing of a request. */
function provablyNothing({ state, restored, word, external }: Situation): boolean {
  const unclear = restored === 'open' || restored === 'undoing';
  if (state === 'failed') {
    if (external || word === 'person' || restored === 'confirmed') return false;
    return word === 'answer' || !unclear;
  }
  return !BEGUN.includes(state) && restored === 'no';
}

/** Every reachable situation once. */
function all(): Situation[] {
  const found: Situation[] = [];
  for (const state of REQUEST_STATES)
    for (const kind of ['action', 'compensation'] as const)
      for (const letter of ['A', 'B', 'C'] as const)
        for (const restored of Object.keys(RESTORED) as Situation['restored'][])
          for (const word of WORDS)
            for (const sent of SENT)
              for (const external of [true, false])
                for (const undo of [true, false])
                  for (const open of [true, false]) {
                    const one = {
                      ...{ state, kind, class: letter, restored, word },
                      ...{ sent, external, undo, open },
                    };
                    if (reachable(one)) found.push(one);
                  }
  return found;
}

/** Law -> why a sentence breaks it in a situation; undefined while it holds. */
const LAWS: Record<string, (one: Situation, said: string, request: GovernedRequest) => boolean> = {
  'it is whole sentences': (_, said) =>
    /^[A-Z].*[.]$/s.test(said) && !/undefined|\.\.|: *\.|\s{2}/.test(said),
  'that nothing is written is only said where it is proved': (one, said) =>
    !/nothing (was|has been) (done|written)|holds nothing/i.test(said) || provablyNothing(one),
  'what a person or a holder says is told as theirs': (one, said) =>
    !['person', 'report'].includes(one.word) ||
    !['executed', 'failed', 'compensated'].includes(one.state) ||
    /as far as the person .* could see|^Reported as|as the holder of its permit reports|an operator found/.test(
      said,
    ),
  'what was found is not told as answered': (one, said) =>
    one.word !== 'look' || one.state !== 'executed' || /as a search of the ERP showed/.test(said),
  'the answer of the ERP needs no other witness': (one, said) =>
    one.word !== 'answer' || one.restored !== 'no' || !/could see|reports|search of/.test(said),
  'that it was sent is only said of a call that was made': (one, said) =>
    !/^Sent/.test(said) || (one.sent === 'yes' && !one.external),
  'that it was not sent is only said where nothing was': (one, said) =>
    !/was not sent/.test(said) || one.sent === 'no',
  'a permit is only spoken of where one was given': (one, said) =>
    !/permit/i.test(said) || one.external,
  'a next look is only announced where there is one': (_, said, { deadline }) =>
    !/looks into it/.test(said) || deadline !== undefined,
  'nobody is said to be doing something now': (_, said) =>
    !/right now|a person is|is finding out|is being executed/i.test(said),
  'a repeat is only asked for where nothing can be written already': (one, said) =>
    !/(Send the request|Ask for the undoing) again/.test(said) ||
    (one.state === 'superseded' && ['no', 'confirmed'].includes(one.restored)),
  'people are only said to have looked after it where they did': (one, said, { needsPerson }) =>
    !/A person has looked after it/.test(said) || !needsPerson,
  'a backup is spoken of wherever it leaves a doubt': (one, said) =>
    !['open', 'undoing'].includes(one.restored) || BEGUN.includes(one.state) || /backup/.test(said),
};

const SITUATIONS = all();

test('the situations cover every state, and there are many', () => {
  expect(new Set(SITUATIONS.map(({ state }) => state))).toEqual(new Set(REQUEST_STATES));
  expect(SITUATIONS.length).toBeGreaterThan(1000);
});

test.each(Object.keys(LAWS))('%s', (law) => {
  const broken = SITUATIONS.flatMap((one) => {
    const request = requestOf(one);
    const said = messageFor(request);
    return LAWS[law]?.(one, said, request) ? [] : [{ said, ...one }];
  });
  expect(broken.slice(0, 3)).toEqual([]);
});

test('the state table and this one agree on what can still be executed', () => {
  for (const state of REQUEST_STATES) {
    const may = targetsOf(state, 'execute').length > 0;
    const said = messageFor(requestOf({ ...BASE, state }));
    if (may) expect(said).toMatch(/Nothing has been done yet\.$/);
  }
  expect(nothingDone(requestOf({ ...BASE, state: 'cancelled' }))).toBe('Nothing was done.');
});

const BASE: Situation = {
  ...{ state: 'allowed', kind: 'action', class: 'A', restored: 'no' },
  ...{ word: 'answer', sent: 'yes', external: false, undo: false, open: false },
};
