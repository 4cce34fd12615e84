import type { Connector, FindResult } from '../../../policy-service/src/application/ports';
import { canonicalJson } from '../../../policy-service/src/domain/canonical-json';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { createConnector, parseConnector } from '../../../policy-service/src/erp/connectors';
import { answers, CONTEXT, perform, ScriptedServer } from './harness';

let server: ScriptedServer;
beforeAll(async () => {
  server = await ScriptedServer.start();
});
afterAll(() => server.stop());

function connector(): Connector {
  const file = {
    id: 'scripted',
    title: 'Scripted ERP',
    type: 'http',
    baseUrl: server.url,
    ping: { path: '/' },
    retry: { attempts: 1 },
    lookups: { thing: { path: '/things/{id}', fields: { id: '/id', amount: '/amount' } } },
    operations: {
      write: {
        method: 'POST',
        path: '/things',
        body: { id: '{erp_reference?}', other: '{first.other?}' },
        success: [201],
        refusal: { statuses: [422], message: '/error' },
        reference: '/id',
        result: { other: '/other' },
        find: { path: '/things', list: '/items', match: '/ref' },
      },
    },
  };
  return createConnector(parseConnector(file, 'scripted.yaml'), {
    env: {},
    clock: { now: () => new Date() },
    log: { warn: () => undefined },
  });
}

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

it.each<[string, string, JsonObject]>([
  ['half a surrogate pair', '{"id":7,"other":"a\\ud83d"}', { other: 'a\ufffd' }],
  ['half a pair in a name', '{"id":7,"\\udc00":1,"other":1}', { other: 1 }],
  ['a number above all', '{"id":7,"other":1e999}', { other: '1e999' }],
  ['a number below all', '{"id":7,"other":-1e999}', { other: '-1e999' }],
  ['minus zero', '{"id":7,"other":-0}', { other: 0 }],
  ['a large whole number', '{"id":7,"other":9007199254740993}', { other: '9007199254740993' }],
  [
    'a long decimal',
    '{"id":7,"other":0.12345678901234567891}',
    { other: '0.12345678901234567891' },
  ],
  ['a plain decimal', '{"id":7,"other":12.50}', { other: 12.5 }],
  ['a prototype', '{"id":7,"__proto__":{"admin":true},"other":1}', { other: 1 }],
  ['NUL', '{"id":7,"other":"a\\u0000b"}', { other: 'a\u0000b' }],
  ['many levels', `{"id":7,"deep":${nested(300)},"other":1}`, { other: 1 }],
])('%s in a success is stored', async (_name, body, result) => {
  server.script(answers(201, body));
  const done = await perform(connector(), 'write', {});
  expect(done).toMatchObject({ outcome: 'done', erpReference: '7', result });
  expect(() => canonicalJson(done)).not.toThrow();
  expect(JSON.stringify(done)).toEqual(JSON.stringify(JSON.parse(JSON.stringify(done))));
});

it('says what was changed', async () => {
  server.script(answers(201, `{"id":7,"x":"\\ud800","deep":${nested(300)},"__proto__":{}}`));
  const { attempts } = await perform(connector(), 'write', {});
  expect(attempts[0]?.response).toMatchObject({
    changes: [
      'Half of a surrogate pair was replaced.',
      'What is nested deeper than 64 levels was cut.',
      'A member named __proto__ was left out.',
    ],
  });
});

it.each<[string, string]>([
  ['a member that occurs twice', '{"id":7,"id":8}'],
  ['levels without end', `{"id":7,"deep":${nested(200_000)}}`],
  ['NaN', '{"id":7,"other":NaN}'],
])('%s leaves it unknown', async (_name, body) => {
  server.script(answers(201, body));
  const unknown = await perform(connector(), 'write', {});
  expect(unknown).toMatchObject({ outcome: 'unknown' });
  expect(() => canonicalJson(unknown)).not.toThrow();
});

it('a refusal is cut between characters, and keeps no half of one', async () => {
  server.script(answers(422, { error: `${'x'.repeat(499)}😀${'y'.repeat(50)}` }));
  const refused = await perform(connector(), 'write', {});
  expect(refused).toMatchObject({ outcome: 'refused', message: 'x'.repeat(499) });
  expect(() => canonicalJson(refused)).not.toThrow();
  server.script(answers(422, '{"error":"no \\udfff"}'));
  expect(await perform(connector(), 'write', {})).toMatchObject({ message: 'no \ufffd' });
});

it('a recorded body is cut between characters', async () => {
  server.script(answers(201, { id: 7, text: `${'x'.repeat(7981)}${'😀'.repeat(500)}` }));
  const done = await perform(connector(), 'write', {});
  expect(() => canonicalJson(done)).not.toThrow();
  server.script(answers(201, { id: 7, text: `${'x'.repeat(7982)}${'😀'.repeat(500)}` }));
  const other = await perform(connector(), 'write', {});
  expect(() => canonicalJson(other)).not.toThrow();
});

describe('a reference', () => {
  it.each<[string, string]>([
    ['7', '7'],
    ['"INV-7"', 'INV-7'],
    ['"007"', '007'],
    ['9007199254740993', '9007199254740993'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
  ])('%s is kept as it is', async (id, reference) => {
    server.script(answers(201, `{"id":${id}}`));
    expect(await perform(connector(), 'write', {})).toMatchObject({
      outcome: 'done',
      erpReference: reference,
    });
    server.script(answers(200, `{"items":[{"ref":"req_1","id":${id}}]}`));
    expect(await search()).toMatchObject({ found: 'done', erpReference: reference });
  });

  it.each([
    ...['null', '""', '"  "', '{}', '[]', 'true', 'false', '0', '-0', '-1', '1.5', '1e999'],
    ...['"\\ud800"', '"a\\u0000"', '"\\u200b"', `"${'x'.repeat(201)}"`, '-9007199254740993'],
  ])('is not %s', async (id) => {
    server.script(answers(201, `{"id":${id}}`));
    expect(await perform(connector(), 'write', {})).toMatchObject({ outcome: 'unknown' });
    server.script(answers(200, `{"items":[{"ref":"req_1","id":${id}}]}`));
    expect(await search()).toMatchObject({ found: 'partial' });
  });

  it('goes back as the ERP gave it: a number with all of its digits, a text as a text', async () => {
    server.script(answers(201, '{"id":9007199254740993,"other":9007199254740995}'));
    const first = await perform(connector(), 'write', {});
    expect(first).toMatchObject({ numbers: ['erp_reference', 'other'] });
    if (first.outcome !== 'done') throw new Error('not done');
    const { erpReference = '', result, numbers } = first;
    const undo = { done: { first: { result, numbers } }, numbers: ['erp_reference'] };
    await perform(connector(), 'write', { erp_reference: erpReference }, undo);
    expect(server.received.at(-1)?.body).toBe('{"id":9007199254740993,"other":9007199254740995}');
    await perform(connector(), 'write', { erp_reference: '007' });
    expect(server.received.at(-1)?.body).toBe('{"id":"007"}');
  });
});

it('facts keep what a number would round', async () => {
  server.script(answers(200, '{"id":9007199254740993,"amount":12.5}'));
  expect(await connector().lookup('thing', { id: '9007199254740993' }, CONTEXT)).toMatchObject({
    fact: { value: { id: '9007199254740993', amount: 12.5 } },
  });
});

function search(): Promise<FindResult> {
  const input = { operation: 'write', step: 's', arguments: {}, idempotencyKey: 'k', done: {} };
  return connector().find!({ ...input, requestId: 'req_1' }, CONTEXT);
}
