import { messageFor } from '../../../policy-service/src/application/views/message';
import type { Execution } from '../../../policy-service/src/domain/request/execution';
import type { GovernedRequest } from '../../../policy-service/src/domain/request/request';
import { REQUEST_STATES } from '../../../policy-service/src/domain/request/states';

const EXECUTION: Execution = {
  status: 'executed',
  idempotencyKey: 'el-req_1',
  steps: [],
  attempts: [],
  leaseOwner: 'a',
  leaseUntil: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:00.000Z',
};
const WRITTEN = { ...EXECUTION, erpReference: 'PAY-000007' };
const PERMIT = { id: 'pmt_1', secretHash: '', expiresAt: '2026-01-01T00:15:00.000Z' };
const PARTLY = { undo: [], message: 'There is no vendor V-9.' };

function request(change: Partial<GovernedRequest>): GovernedRequest {
  return {
    id: 'req_1',
    kind: 'action',
    state: 'received',
    traceId: '',
    subject: { tokenId: '', tokenOwner: null, requestedBy: 'ana', verified: false, roles: [] },
    source: 'test',
    context: {},
    needsPerson: false,
    statusToken: '',
    statusExpiresAt: '',
    createdAt: '',
    updatedAt: '',
    ...change,
  };
}

/** States that wrote something, or may have. */
const MAY_HOLD_SOMETHING = [
  'executing',
  'executed',
  'outcome_unknown',
  'compensating',
  'compensated',
  'compensation_failed',
];

test.each(REQUEST_STATES)('%s: a sentence, and no word of a write that was none', (state) => {
  const message = messageFor(request({ state }));
  expect(message).toMatch(/[.]$/);
  if (!MAY_HOLD_SOMETHING.includes(state)) expect(message).not.toMatch(/^(Executed|Undone)/);
});

test.each<[string, Partial<GovernedRequest>, RegExp]>([
  [
    'executed, with the number',
    { state: 'executed', execution: WRITTEN },
    /^Executed: PAY-000007\.$/,
  ],
  [
    'executed by the holder of a permit',
    { state: 'executed', execution: { ...WRITTEN, knownBy: 'report', permit: PERMIT } },
    /^Reported as executed: PAY-000007\.$/,
  ],
  [
    'a permit is out',
    { state: 'executing', execution: { ...EXECUTION, permit: PERMIT } },
    /permit .* no outcome is reported yet/,
  ],
  [
    'refused, and why',
    { state: 'failed', execution: { ...EXECUTION, knownBy: 'answer', message: 'Only 3 are left' } },
    /holds nothing of it: Only 3 are left\.$/,
  ],
  [
    'not there, as a person says',
    {
      state: 'failed',
      execution: {
        ...EXECUTION,
        knownBy: 'person',
        message: 'Ana found that it did not happen.',
      },
    },
    /^Not executed, as far as the person who looked into it could see: Ana found/,
  ],
  [
    'not there, as a person said before that was kept',
    {
      state: 'failed',
      execution: { ...EXECUTION, status: 'failed', message: 'Ana found that it did not happen.' },
    },
    /^Not executed, as far as the person/,
  ],
  [
    'not written, as the holder of its permit reports',
    {
      state: 'failed',
      execution: {
        ...EXECUTION,
        status: 'failed',
        message: 'No stock',
        permit: {
          ...PERMIT,
          report: { outcome: 'failed', at: '2026-01-01T00:00:00.000Z', late: false },
        },
      },
    },
    /^Reported as not executed by the holder of its permit: No stock\.$/,
  ],
  [
    'unknown, and when it is looked into',
    { state: 'outcome_unknown', execution: EXECUTION, deadline: '2026-01-01T00:05:09.000Z' },
    /not known whether it was written.*again at 2026-01-01 00:05 UTC/,
  ],
  [
    'unknown, and nothing but a person is left',
    { state: 'outcome_unknown', execution: EXECUTION },
    /not known whether it was written.*nothing more .* by itself: an operator has to find out/,
  ],
  [
    'being undone',
    { state: 'compensating', execution: WRITTEN },
    /executed \(PAY-000007\)\. Undoing it has begun/,
  ],
  [
    'undone',
    { state: 'compensated', execution: WRITTEN },
    /executed \(PAY-000007\)\. It was undone/,
  ],
  [
    'not undone',
    { state: 'compensation_failed', execution: WRITTEN, needsPerson: true, inCharge: 'finance' },
    /\(PAY-000007\)\. It was not undone\. People with the role finance are in charge\.$/,
  ],
  [
    'settled by hand',
    { state: 'compensation_failed', execution: WRITTEN },
    /was not undone\. A person has looked after it\.$/,
  ],
  [
    'half done and taken back',
    { state: 'compensated', execution: { ...EXECUTION, ...PARTLY } },
    /could not be completed: There is no vendor V-9\. What had been done was taken back\.$/,
  ],
  [
    'half done, and it stays so',
    {
      state: 'compensation_failed',
      execution: { ...WRITTEN, ...PARTLY, status: 'compensation_failed' },
      needsPerson: true,
      inCharge: 'operations',
    },
    /Only a part of it was done \(PAY-000007\).*There is no vendor V-9\..*role operations/,
  ],
  [
    'an undoing that is done',
    { kind: 'compensation', state: 'executed', execution: WRITTEN },
    /^Undone: PAY-000007\.$/,
  ],
  [
    'an undoing that was refused',
    {
      kind: 'compensation',
      state: 'failed',
      execution: { ...EXECUTION, knownBy: 'answer', message: 'Closed period' },
    },
    /^Not undone: Closed period\.$/,
  ],
])('%s', (_name, change, message) => {
  expect(messageFor(request(change))).toMatch(message);
});
