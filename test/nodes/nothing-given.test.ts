import type { INodeParameters } from 'n8n-workflow';
import { runNode } from './support/harness';
import { StubService } from './support/stub-service';

/** What expressions give that lead nowhere. */
const NOTHING = ['={{ null }}', '={{ $json.missing }}', "={{ '' }}", "={{ '  ' }}"];

let service: StubService;

beforeEach(async () => {
  service = await StubService.start();
  service.put('req_1', 'executing');
});
afterEach(() => service.stop());

const run = (node: Parameters<typeof runNode>[0]['node'], parameters: INodeParameters) =>
  runNode({ node, variant: 'Tool', parameters, items: [{ id: 'req_1' }], baseUrl: service.url });
const sentTo = (path: string) => service.callsTo(path).map(({ body }) => body);

describe.each(NOTHING)('a parameter whose expression is %s', (nothing) => {
  it('leaves out the reference, message and result of an outcome', async () => {
    await run('erpExecute', {
      operation: 'reportOutcome',
      requestId: 'req_1',
      permit: 'permit-1',
      outcome: nothing,
      erpReference: nothing,
      message: nothing,
      result: nothing,
    });
    expect(sentTo('/outcome')).toEqual([{ permit: 'permit-1', outcome: 'unknown' }]);
  });

  it('is a problem as the permit of an outcome', async () => {
    const { outputs } = await run('erpExecute', {
      operation: 'reportOutcome',
      requestId: 'req_1',
      permit: nothing,
      outcome: 'executed',
    });
    expect(JSON.stringify(outputs)).toContain('invalid_parameter');
    expect(sentTo('/outcome')).toEqual([]);
  });

  it('takes the default limit of a list', async () => {
    const limits = { returnAll: nothing, limit: nothing };
    await run('erpExecute', { operation: 'getStatus', statusOf: 'needsPerson', ...limits });
    expect(service.callsTo('/v1/requests').length).toBeGreaterThan(0);
    await run('auditLog', { operation: 'search', ...limits, filters: { order: nothing } });
    expect(service.callsTo('/v1/audit/entries').length).toBeGreaterThan(0);
  });

  const intent = {
    operation: 'submitIntent',
    action: { __rl: true, mode: 'id', value: 'vendor.read' },
    argumentsMode: 'json',
    arguments: '{"vendor_id":"V-1001"}',
    requestedBy: 'ana@example.com',
    source: 'n8n',
  };

  it('leaves out the options of an intent and takes the default confidence', async () => {
    await run('extractIntent', {
      ...intent,
      confidence: nothing,
      options: { requestText: nothing, context: nothing },
    });
    expect(sentTo('/v1/requests')).toEqual([
      {
        requestedBy: 'ana@example.com',
        source: 'n8n',
        intent: { action: 'vendor.read', arguments: { vendor_id: 'V-1001' }, confidence: 1 },
      },
    ]);
  });

  it.each(['requestedBy', 'source', 'arguments'])('is a problem as %s', async (name) => {
    const { outputs, error } = await run('extractIntent', { ...intent, [name]: nothing });
    expect(JSON.stringify([outputs, error?.message])).toMatch(/cannot be used/);
    expect(sentTo('/v1/requests')).toEqual([]);
  });

  it('leaves out who asks for an undo', async () => {
    await run('erpExecute', {
      operation: 'compensate',
      requestId: 'req_1',
      reason: 'Paid twice',
      requestedBy: nothing,
    });
    expect(sentTo('/compensate')).toEqual([{ reason: 'Paid twice' }]);
  });
});

it.each(['={{ 0 }}', '={{ -1 }}', '={{ 1.5 }}', "={{ 'many' }}", '={{ NaN }}'])(
  'a limit of %s is a problem, not an empty list',
  async (limit) => {
    const { outputs, error } = await run('auditLog', { operation: 'search', limit });
    expect(JSON.stringify([outputs, error?.message])).toMatch(/cannot be used/);
  },
);

it('a confidence that is the text of a number is that number', async () => {
  await run('extractIntent', {
    operation: 'submitIntent',
    action: { __rl: true, mode: 'id', value: 'vendor.read' },
    argumentsMode: 'json',
    arguments: '{}',
    requestedBy: 'ana@example.com',
    source: 'n8n',
    confidence: "={{ '0.4' }}",
  });
  expect(sentTo('/v1/requests')).toEqual([
    expect.objectContaining({ intent: expect.objectContaining({ confidence: 0.4 }) as unknown }),
  ]);
});
