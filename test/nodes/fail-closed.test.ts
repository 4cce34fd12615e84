import type { INode, INodeParameters } from 'n8n-workflow';
import { runNode, type NodeName, type Outcome } from './support/harness';
import { impatientWith } from './support/impatience';
import { ok, problem, StubService, type Answer } from './support/stub-service';

interface Subject {
  node: NodeName;
  parameters: INodeParameters;
  /** State in which the service would say yes, were it not for the fault. */
  state: string;
  more?: Record<string, unknown>;
  /** Outputs on which a failed item may leave. */
  restrictive: number[];
}

const approved = { decision: { effect: 'allow' }, validation: { valid: true } };
const proposal = { requestedBy: 'ana@example.com', source: 'test', idempotencyKey: 'key-1' };

const SUBJECTS: Record<string, Subject> = {
  validate: { node: 'validate', parameters: {}, state: 'extracted', restrictive: [0] },
  guardrailDecide: {
    node: 'guardrailDecide',
    parameters: {},
    state: 'validated',
    restrictive: [0],
  },
  humanApproval: {
    node: 'humanApproval',
    parameters: { operation: 'sendAndWait' },
    state: 'approved',
    more: { approval: { state: 'approved' } },
    restrictive: [0],
  },
  'erpExecute.execute': {
    node: 'erpExecute',
    parameters: { operation: 'execute' },
    state: 'allowed',
    more: approved,
    restrictive: [0, 1],
  },
  'erpExecute.getStatus': {
    node: 'erpExecute',
    parameters: { operation: 'getStatus' },
    state: 'executed',
    restrictive: [0, 1],
  },
  'erpExecute.beginExternal': {
    node: 'erpExecute',
    parameters: { operation: 'beginExternal' },
    state: 'allowed',
    more: approved,
    restrictive: [0, 1],
  },
  'erpExecute.reportOutcome': {
    node: 'erpExecute',
    parameters: { operation: 'reportOutcome', permit: 'permit-1', outcome: 'executed' },
    state: 'executing',
    restrictive: [0, 1],
  },
  'erpExecute.compensate': {
    node: 'erpExecute',
    parameters: { operation: 'compensate', reason: 'booked twice' },
    state: 'executed',
    restrictive: [0],
  },
  ...Object.fromEntries(
    ['getTimeline', 'search', 'verify', 'export', 'recordEvent'].map((operation) => [
      `auditLog.${operation}`,
      {
        node: 'auditLog' as const,
        parameters: { operation, eventType: 'seen', message: 'Seen.' },
        state: 'executed',
        restrictive: [0],
      },
    ]),
  ),
  'extractIntent.extractText': {
    node: 'extractIntent',
    parameters: { operation: 'extractText', requestText: 'Pay V-1001 5 USD', ...proposal },
    state: 'extracted',
    restrictive: [0],
  },
  'extractIntent.submitIntent': {
    node: 'extractIntent',
    parameters: {
      operation: 'submitIntent',
      action: { __rl: true, mode: 'id', value: 'vendor_payment.create' },
      argumentsMode: 'json',
      arguments: '{"vendor_id":"V-1001"}',
      ...proposal,
    },
    state: 'extracted',
    restrictive: [0],
  },
};

const FAULTS: Record<string, Answer | 'down'> = {
  down: 'down',
  401: problem(401, 'unauthenticated'),
  403: problem(403, 'insufficient_scope'),
  404: problem(404, 'not_found'),
  409: problem(409, 'illegal_transition', { state: 'blocked' }),
  422: problem(422, 'idempotency_key_reused'),
  500: problem(500, 'internal'),
  503: problem(503, 'facts_unavailable'),
  'a proxy page with 502': { status: 502, body: '<h1>Bad gateway</h1>', type: 'text/html' },
  'malformed JSON': { status: 200, body: '{"id":"req_1","state":"executed"' },
  'a login page with 200': { status: 200, body: '<html></html>', type: 'text/html' },
  'a JSON array': { status: 200, body: '[]' },
  'a redirect': { status: 302, body: '' },
  'an empty answer': { status: 200, body: '' },
  'a cut connection': { broken: 'reset' },
  'no answer in time': { broken: 'hang' },
};

const ON_ERROR = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const;
const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };

/** Faults that differ in kind meet every setting; the others meet each way to go on. */
const EVERY_SETTING = ['down', '401', '404', '409', '500', 'malformed JSON', 'no answer in time'];

function settingsFor(fault: string): Partial<INode>[] {
  const flags = EVERY_SETTING.includes(fault) ? [{}, { alwaysOutputData: true }, RETRY] : [{}];
  return ON_ERROR.flatMap((onError) => flags.map((flag) => ({ onError, ...flag })));
}

let service: StubService;
let patience = (): void => undefined;
beforeEach(async () => {
  service = await StubService.start();
});
afterEach(async () => {
  patience();
  await service.stop();
});

/** Nothing listens there; a port that was free a moment ago may be another test's by now. */
const NOBODY = 'http://127.0.0.1:1';

async function failedRun(subject: Subject, fault: Answer | 'down', settings: Partial<INode>) {
  const ids = ['req_1', 'req_2'];
  for (const id of ids) service.put(id, subject.state, subject.more);
  if (fault !== 'down') service.intercept = () => fault;
  patience = impatientWith(fault);
  return runNode({
    node: subject.node,
    parameters: { requestId: '={{ $json.ref }}', ...subject.parameters },
    items: ids.map((ref) => ({ ref })),
    settings,
    baseUrl: fault === 'down' ? NOBODY : service.url,
  });
}

function expectProblems({ outputs, error }: Outcome, restrictive: number[]): void {
  expect(error).toBeUndefined();
  const items = outputs.flatMap((on, output) => on.map((item) => ({ output, ...item })));
  const failed = items.filter(({ json }) => json.problem !== undefined);
  expect(failed.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
  for (const { output, json } of items) {
    // alwaysOutputData adds an empty item to output 0, which is restrictive too.
    expect(restrictive).toContain(output);
    expect(json.error).toBeUndefined();
    expect(json.approved ?? false).toBe(false);
    expect(json.valid ?? false).toBe(false);
  }
  for (const { json } of failed) {
    expect(json.problem).toMatchObject({
      code: expect.stringMatching(/^[a-z_]+$/),
      title: expect.stringMatching(/./),
      detail: expect.stringMatching(/./),
      status: expect.any(Number),
    });
  }
}

/** A wait that cannot be registered stops the workflow, so that Retry On Fail can bridge an outage. */
function expectStop({ outputs, error }: Outcome, settings: Partial<INode>): void {
  expect(settings.onError).toBe('stopWorkflow');
  expect(error?.name).toBe('NodeApiError');
  expect(outputs.flat()).toEqual([]);
}

/** Answers that these two pass on as they are: one is a list of entries, one is a file. */
const NOT_A_FAULT_FOR: Record<string, string[]> = {
  'auditLog.export': ['malformed JSON', 'a login page with 200', 'a JSON array', 'an empty answer'],
};

const routed = Object.entries(SUBJECTS).filter(([, { node }]) => node !== 'extractIntent');
const table = routed.flatMap(([name, subject]) =>
  Object.entries(FAULTS)
    .filter(([fault]) => !NOT_A_FAULT_FOR[name]?.includes(fault))
    .map(([fault, answer]) => ({ name, fault, subject, answer })),
);

test.each(table)('$name with $fault: nothing is permitted', async ({ subject, fault, answer }) => {
  const runs = settingsFor(fault).map(async (settings) => ({
    settings,
    outcome: await failedRun(subject, answer, settings),
  }));
  for (const { settings, outcome } of await Promise.all(runs)) {
    if (outcome.error && subject.node === 'humanApproval') expectStop(outcome, settings);
    else expectProblems(outcome, subject.restrictive);
  }
});

const starts = Object.entries(SUBJECTS).filter(([, { node }]) => node === 'extractIntent');
const startTable = starts.flatMap(([name, subject]) =>
  Object.entries(FAULTS).map(([fault, answer]) => ({ name, fault, subject, answer })),
);

test.each(startTable)(
  '$name with $fault: no request is claimed',
  async ({ subject, fault, answer }) => {
    for (const settings of settingsFor(fault)) {
      const { outputs, error } = await failedRun(subject, answer, settings);
      if (settings.onError === 'stopWorkflow') {
        expect(error?.name).toBe('NodeApiError');
        expect(error?.context?.itemIndex).toBe(0);
        expect(outputs.flat()).toEqual([]);
        continue;
      }
      expect(error).toBeUndefined();
      expect(outputs[0]?.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
      for (const { json } of outputs.flat()) {
        expect(json.id).toBeUndefined();
        expect(json.error).toBeUndefined();
        expect(json.problem).toMatchObject({
          code: expect.any(String),
          detail: expect.any(String),
        });
      }
    }
  },
);

test.each(routed)('%s: the same runs permit when nothing is wrong', async (_name, subject) => {
  service.put('req_1', subject.state, subject.more);
  const { outputs } = await runNode({
    node: subject.node,
    parameters: { requestId: 'req_1', ...subject.parameters },
    baseUrl: service.url,
  });
  const problems = outputs.flat().filter(({ json }) => json.problem !== undefined);
  expect(problems).toEqual([]);
  if (subject.node === 'humanApproval') expect(outputs[0]?.[0]?.json.approved).toBe(true);
});

test.each(routed)(
  '%s: a wrong answer about another request is no answer',
  async (name, subject) => {
    if (name.startsWith('auditLog')) return;
    service.intercept = () => ok({ id: 'req_other', state: 'executed', ...approved });
    const outcome = await runNode({
      node: subject.node,
      parameters: { requestId: '={{ $json.ref }}', ...subject.parameters },
      items: [{ ref: 'req_1' }, { ref: 'req_2' }],
      baseUrl: service.url,
    });
    if (subject.node === 'humanApproval') expectStop(outcome, { onError: 'stopWorkflow' });
    else expectProblems(outcome, subject.restrictive);
  },
);

test.each(routed)('%s: a request id that is none calls nothing', async (name, subject) => {
  if (['auditLog.search', 'auditLog.verify', 'auditLog.export'].includes(name)) return;
  for (const requestId of [
    '={{ "" }}',
    '../actions',
    'req_1/execute',
    '={{ $json.missing }}',
    '={{ 5 }}',
  ]) {
    const outcome = await runNode({
      node: subject.node,
      parameters: { ...subject.parameters, requestId },
      items: [{}, {}],
      baseUrl: service.url,
    });
    // What cannot be reported may have been written all the same.
    expectProblems(outcome, [name === 'erpExecute.reportOutcome' ? 1 : 0]);
  }
  expect(service.calls).toEqual([]);
});

test.each(routed)('%s: a wrong token is told, not hidden', async (_name, subject) => {
  service.put('req_1', subject.state, subject.more);
  const { outputs } = await runNode({
    node: subject.node,
    parameters: { ...subject.parameters, requestId: 'req_1' },
    baseUrl: service.url,
    token: 'wrong',
  });
  expect(outputs.flat()).toMatchObject([
    { json: { problem: { code: 'unauthenticated', status: 401 } } },
  ]);
});

test.each(['extractIntent.extractText', 'erpExecute.compensate', 'auditLog.recordEvent'])(
  '%s: a refused call that left a request behind hands its id on',
  async (name) => {
    const left = { id: 'req_1', state: 'allowed', links: {} };
    service.intercept = () => problem(503, 'storage_unavailable', { request: left });
    const { node, parameters } = SUBJECTS[name] as Subject;
    const { outputs } = await runNode({
      node,
      parameters,
      items: [{ id: 'req_1' }],
      baseUrl: service.url,
      settings: { onError: 'continueRegularOutput' },
    });
    expect(outputs[0]).toMatchObject([
      { json: { problem: { code: 'storage_unavailable', requestId: 'req_1' } } },
    ]);
  },
);

test('a call that could not be made is not told as a silent service', async () => {
  const service = await StubService.start();
  const { outputs } = await runNode({
    node: 'validate',
    items: [{ id: 'req_1' }],
    baseUrl: service.url,
    settings: { credentials: {} },
  });
  await service.stop();
  expect(outputs[0]?.[0]?.json).toMatchObject({
    id: 'req_1',
    problem: {
      code: 'service_unreachable',
      title: 'The policy service was not asked',
      detail: expect.stringMatching(/Choose a credential/),
    },
  });
});
