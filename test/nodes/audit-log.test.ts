import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { limits } from '../../nodes/shared/limits';
import { runNode } from './support/harness';
import { ok, StubService } from './support/stub-service';

let service: StubService;
beforeEach(async () => {
  service = await StubService.start();
  service.put('req_1', 'executed');
});
afterEach(() => service.stop());

const run = (parameters: INodeParameters, items: IDataObject[] = [{ id: 'req_1' }]) =>
  runNode({ node: 'auditLog', parameters, items, baseUrl: service.url });

describe('Record Event', () => {
  const event = { operation: 'recordEvent', eventType: 'informed', message: 'Told.' };

  test('the item passes through with the place of the entry', async () => {
    const { outputs } = await run({ ...event, data: '{"by":"e-mail"}' }, [
      { id: 'req_1', state: 'executed', own: 1 },
    ]);
    expect(outputs).toMatchObject([
      [
        {
          json: { id: 'req_1', state: 'executed', own: 1, audit: { sequence: 0, leafHash: 'ab' } },
          pairedItem: { item: 0 },
        },
      ],
    ]);
    expect(service.entries).toEqual([
      { type: 'informed', message: 'Told.', data: { by: 'e-mail' } },
    ]);
  });

  test('an item that could not be recorded still passes, and says so', async () => {
    const { outputs } = await run(event, [{ id: 'req_9', own: 1 }]);
    expect(outputs[0]?.[0]?.json).toMatchObject({ own: 1, problem: { code: 'not_found' } });
    expect(outputs[0]?.[0]?.json.audit).toBeUndefined();
  });

  test('a repeat has the same key, another event another one', async () => {
    await run(event);
    await run(event);
    await run({ ...event, message: 'Told again.' });
    const keys = service.callsTo('/events').map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
  });
});

test('Get Timeline gives the timeline of one request', async () => {
  const { outputs } = await run({ operation: 'getTimeline' });
  expect(outputs[0]).toMatchObject([
    { json: { requestId: 'req_1', items: [{ sequence: 0 }] }, pairedItem: { item: 0 } },
  ]);
});

test('Get Timeline reads a long timeline to its end, as one item', async () => {
  const events = [...Array(7).keys()].map((sequence) => ({ sequence }));
  service.put('req_1', 'executed', { events });
  const { outputs } = await run({ operation: 'getTimeline' });
  expect(outputs[0]).toHaveLength(1);
  expect(outputs[0]?.[0]?.json).toEqual({ requestId: 'req_1', state: 'executed', items: events });
  expect(service.callsTo('/timeline').map(({ query }) => query.from)).toEqual([
    ...[undefined, '2', '4', '6'],
  ]);
});

describe('Search', () => {
  const fill = (count: number) => {
    for (let sequence = 0; sequence < count; sequence++) service.entries.push({ sequence });
  };
  const sequences = async (parameters: INodeParameters) =>
    (await run({ operation: 'search', ...parameters })).outputs[0]?.map(
      ({ json }) => json.sequence,
    );

  test('up to the limit, with the filters that are set', async () => {
    fill(10);
    const filters = { requestId: 'req_1', order: 'asc', type: '' };
    expect(await sequences({ limit: 3, filters })).toEqual([0, 1, 2]);
    expect(service.calls[0]?.query).toEqual({ requestId: 'req_1', order: 'asc', limit: '3' });
  });

  test.each([
    [{ returnAll: true }, 23],
    [{ limit: 12 }, 12],
  ])('page after page (%j)', async (parameters, count) => {
    const pageSize = jest.replaceProperty(limits, 'pageSize', 5);
    fill(23);
    expect(await sequences(parameters)).toEqual(Array.from({ length: count }, (_, n) => n));
    pageSize.restore();
  });

  test('a log that gives the same page for ever is not read for ever', async () => {
    service.intercept = () => ok({ items: [{ sequence: 1 }], nextFrom: 1 });
    const { outputs } = await run({ operation: 'search', returnAll: true });
    expect(outputs[0]).toMatchObject([{ json: { problem: { code: 'unreadable_answer' } } }]);
  });
});

describe('Verify', () => {
  test.each([
    [{ valid: true, problems: [] }, true],
    [{ valid: false, problems: ['leaf 3'] }, false],
    [{ problems: [] }, false],
    [{ valid: 'true' }, false],
  ])('%j is valid: %s', async (answer, valid) => {
    service.intercept = () => ok(answer);
    const { outputs } = await run({ operation: 'verify' });
    expect(outputs[0]).toMatchObject([{ json: { valid } }]);
  });
});

test('Export gives the log as a file', async () => {
  const { outputs } = await run({ operation: 'export', binaryPropertyName: 'log' });
  expect(outputs[0]).toMatchObject([
    {
      json: { fileName: 'audit-log.ndjson', lines: 2 },
      binary: { log: { mimeType: 'application/x-ndjson' } },
      pairedItem: { item: 0 },
    },
  ]);
  const data = outputs[0]?.[0]?.binary?.log?.data ?? '';
  expect(Buffer.from(data, 'base64').toString()).toBe('{"sequence":0}\n{"sequence":1}\n');
});
