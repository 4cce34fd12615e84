import { compare, type ErpDocument, type OurRequest } from '../../faults/compare';

const NOW = '2026-11-21T12:00:00.000Z';

function payment(number: string, requestId: string, reverses: string | null = null): ErpDocument {
  return { number, reverses, external_reference: requestId, amount: '1.50', currency: 'USD' };
}

function request(state: string, more: Partial<OurRequest> = {}): OurRequest {
  return {
    id: 'req_1',
    kind: 'action',
    state,
    requestedBy: 'client-1@faults.example',
    action: 'pay.search',
    arguments: { amount: '1.50', currency: 'USD' },
    steps: [{ name: 'pay-0', status: 'done', erpReference: 'PAY-1' }],
    undo: [],
    ...more,
  };
}
const step = (status: string): OurRequest['steps'] => [{ name: 'pay-0', status }];

function rules(
  ours: OurRequest[],
  documents: ErpDocument[],
  externals: { requestId: string; number: string }[] = [],
): string[] {
  return compare(ours, documents, externals, NOW).map(({ rule }) => rule);
}

const EXECUTED = request('executed');
const PAY_1 = payment('PAY-1', 'req_1');

test.each<[string, OurRequest[], ErpDocument[]]>([
  ['executed with its document', [EXECUTED], [PAY_1]],
  ['failed without one', [request('failed', { steps: step('failed') })], []],
  [
    'unknown, and nothing was written',
    [request('outcome_unknown', { steps: step('unknown') })],
    [],
  ],
  [
    'unknown, and it was written',
    [request('outcome_unknown', { steps: step('unknown') })],
    [PAY_1],
  ],
  ['decided and never executed', [request('allowed', { steps: [] })], []],
  [
    'undone by a request of its own',
    [
      request('compensated'),
      request('executed', {
        id: 'req_2',
        kind: 'compensation',
        compensates: 'req_1',
        steps: [{ name: 'undo-pay-0', status: 'done', erpReference: 'PAY-2' }],
      }),
    ],
    [PAY_1, payment('PAY-2', 'req_2', 'PAY-1')],
  ],
  [
    'undone in the same go after its second step was refused',
    [
      request('compensated', {
        steps: [...EXECUTED.steps, { name: 'pay-1', status: 'failed' }],
        undo: [{ name: 'undo-pay-0', status: 'done', erpReference: 'PAY-2' }],
      }),
    ],
    [PAY_1, payment('PAY-2', 'req_1', 'PAY-1')],
  ],
])('nothing to complain of: %s', (_, ours, documents) => {
  expect(rules(ours, documents)).toEqual([]);
});

test.each<[string, OurRequest[], ErpDocument[]]>([
  ['duplicate', [EXECUTED], [PAY_1, payment('PAY-2', 'req_1')]],
  [
    'duplicate',
    [request('outcome_unknown', { steps: step('unknown') })],
    [PAY_1, payment('PAY-2', 'req_1')],
  ],
  [
    'duplicate',
    [
      EXECUTED,
      request('executed', {
        id: 'req_2',
        requestedBy: 'other',
        compensates: 'req_1',
        steps: [
          { name: 'a', status: 'done', erpReference: 'PAY-2' },
          { name: 'b', status: 'done', erpReference: 'PAY-3' },
        ],
      }),
    ],
    [PAY_1, payment('PAY-2', 'req_2', 'PAY-1'), payment('PAY-3', 'req_2', 'PAY-1')],
  ],
  ['unknown-document', [], [PAY_1]],
  ['unaccounted', [request('allowed', { steps: [] })], [PAY_1]],
  ['unaccounted', [request('failed', { steps: step('failed') })], [PAY_1]],
  ['failed', [request('failed')], [PAY_1]],
  ['missing', [EXECUTED], []],
  ['missing', [EXECUTED], [payment('PAY-9', 'req_1')]],
  ['state', [request('executed', { steps: step('unknown') })], [PAY_1]],
  ['content', [EXECUTED], [{ ...PAY_1, amount: '15.00' }]],
  ['content', [EXECUTED], [{ ...PAY_1, reverses: 'PAY-0' }]],
  ['left-executing', [request('executing', { steps: step('started') })], []],
  ['replay', [EXECUTED, request('allowed', { id: 'req_2', steps: [] })], [PAY_1]],
])('found: %s', (rule, ours, documents) => {
  expect(rules(ours, documents)).toEqual([rule]);
});

describe('a write under a permit', () => {
  const external = (state: string, more: Partial<OurRequest> = {}): OurRequest =>
    request(state, { action: 'portal.order', steps: [], permit: { expiresAt: NOW }, ...more });
  const written = { requestId: 'req_1', number: 'PORTAL-1' };

  test('is as its holder reported it', () => {
    const executed = external('executed', { erpReference: 'PORTAL-1' });
    expect(rules([executed], [], [written])).toEqual([]);
    expect(rules([executed], [], [])).toEqual(['missing']);
    expect(rules([executed], [], [written, written])).toEqual(['duplicate']);
    expect(rules([external('failed')], [], [written])).toEqual(['failed']);
  });

  test('waits for its report until the permit expires', () => {
    const later = { expiresAt: '2026-11-21T12:00:01.000Z' };
    expect(rules([external('executing', { permit: later })], [])).toEqual([]);
    expect(rules([external('executing')], [])).toEqual(['left-executing']);
  });
});

test('two twins that were both paid are told, and one of them is not', () => {
  const twin = (id: string, number: string): OurRequest =>
    request('executed', {
      id,
      action: 'pay.twin',
      requestedBy: `${id}@faults.example`,
      steps: [{ name: 'pay-0', status: 'done', erpReference: number }],
    });
  const both = [twin('req_1', 'PAY-1'), twin('req_2', 'PAY-2')];
  expect(rules(both, [PAY_1, payment('PAY-2', 'req_2')])).toEqual(['twins']);
  const waiting = { ...twin('req_2', 'PAY-2'), state: 'blocked', steps: [] };
  expect(rules([twin('req_1', 'PAY-1'), waiting], [PAY_1])).toEqual([]);
});
