import { ConnectorUnavailable, type Verified } from '../../../policy-service/src/application/ports';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { createConnector, parseConnector } from '../../../policy-service/src/erp/connectors';
import { answers, CONTEXT, ScriptedServer } from './harness';

let server: ScriptedServer;
beforeAll(async () => {
  server = await ScriptedServer.start();
});
afterAll(() => server.stop());

function verify(same: JsonObject, args: JsonObject): Promise<Verified | undefined> {
  const file = {
    id: 'scripted',
    title: 'Scripted ERP',
    type: 'http',
    baseUrl: server.url,
    ping: { path: '/' },
    lookups: {},
    operations: {
      write: {
        method: 'POST',
        path: '/documents',
        success: [201],
        reference: '/id',
        verify: { path: '/documents/{erp_reference}', same },
      },
    },
  };
  const connector = createConnector(parseConnector(file, 'scripted.yaml'), {
    env: {},
    clock: { now: () => new Date() },
    log: { warn: () => undefined },
  });
  const written = {
    operation: 'write',
    step: 'the-step',
    arguments: { erp_reference: '7', ...args },
    requestId: 'req_1',
    idempotencyKey: 'key-1',
    done: {},
  };
  return connector.verify!(written, CONTEXT);
}

test.each<[string, JsonObject, JsonObject, boolean]>([
  ['a fraction', { '/rate': '{rate}' }, { rate: 1.5 }, true],
  ['another fraction', { '/rate': '{rate}' }, { rate: 1.25 }, false],
  ['an argument that may be absent and is', { '/rate': '{memo?}' }, {}, true],
])('%s is compared', async (_what, same, args, expected) => {
  server.script(answers(200, { id: 7, rate: 1.5 }));
  expect(await verify(same, args)).toMatchObject({ same: expected });
});

test.each<[string, JsonObject, JsonObject, RegExp]>([
  ['is missing', { '/memo': '{memo}' }, {}, /memo is missing/],
  ['is no text', { '/memo': '{memo}' }, { memo: ['a'] }, /memo must be a text/],
])('what cannot be compared because an argument %s is told', async (_what, same, args, message) => {
  server.script(answers(200, { id: 7 }));
  const verified = verify(same, args);
  await expect(verified).rejects.toThrow(ConnectorUnavailable);
  await expect(verified).rejects.toThrow(message);
});
