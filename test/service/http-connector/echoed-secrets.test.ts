import type { Connector } from '../../../policy-service/src/application/ports';
import { createConnector, parseConnector } from '../../../policy-service/src/erp/connectors';
import { Secrets } from '../../../policy-service/src/erp/secrets';
import { answers, CONTEXT, perform, ScriptedServer } from './harness';

let server: ScriptedServer;
beforeAll(async () => {
  server = await ScriptedServer.start();
});
afterAll(() => server.stop());

const SECRET = 'c4n@ry/ "se+cret" &1';
const lines: string[] = [];

function connector(auth: object, secrets = new Secrets()): Connector {
  const file = {
    id: 'scripted',
    title: 'Scripted ERP',
    type: 'http',
    baseUrl: server.url,
    ping: { path: '/' },
    retry: { attempts: 1 },
    auth,
    lookups: { thing: { path: '/things/{id}', fields: { note: '/note' } } },
    operations: {
      write: {
        method: 'POST',
        path: '/things',
        query: { q: '{q?}' },
        body: { note: '{note?}' },
        success: [201],
        refusal: { statuses: [422], message: '/note' },
        reference: '/id',
        result: { note: '/note', list: '/list' },
        find: { path: '/things', match: '/ref' },
      },
    },
  };
  return createConnector(parseConnector(file, 'scripted.yaml'), {
    env: { ERP_KEY: SECRET },
    secrets,
    clock: { now: () => new Date() },
    log: { warn: (...told: unknown[]) => lines.push(JSON.stringify(told)) },
  });
}

const AUTHS = [
  { type: 'header', header: 'X-Key', value: '${ERP_KEY}' },
  { type: 'basic', username: 'svc', password: '${ERP_KEY}' },
];
const basic = Buffer.from(`svc:${SECRET}`).toString('base64');
const FORMS: [string, string][] = [
  ['as it is', SECRET],
  ['inside a sentence', `wrong key ${SECRET}!`],
  ['in a URL', encodeURIComponent(SECRET)],
  ['in a form', new URLSearchParams({ k: SECRET }).toString()],
  ['in JSON inside a text', JSON.stringify({ k: SECRET })],
  ['in base64', Buffer.from(SECRET).toString('base64')],
  ['at the cut of a long sentence', `${'x'.repeat(490)}${SECRET}`],
];

describe.each(AUTHS)('a secret of auth $type', (auth) => {
  it.each([...FORMS, ...(auth.type === 'basic' ? [['as Basic', basic] as const] : [])])(
    'that the ERP echoes %s comes no further',
    async (_name, echo) => {
      const one = connector(auth);
      const out: unknown[] = [];
      server.script(answers(201, { id: 7, note: echo, [echo]: 1, list: [{ x: [echo] }] }));
      out.push(await perform(one, 'write', { note: echo, q: echo }));
      server.script(answers(422, { note: echo }));
      out.push(await perform(one, 'write', {}));
      server.script(answers(200, { note: echo, ref: 'req_1', id: 7 }));
      out.push(await one.lookup('thing', { id: 'T' }, CONTEXT));
      server.script(answers(200, { ref: echo, id: 7 }));
      // A document of somebody else is told as that, in a sentence.
      const searched = one.find!(
        {
          operation: 'write',
          step: 's',
          arguments: {},
          requestId: 'r',
          idempotencyKey: 'k',
          done: {},
        },
        CONTEXT,
      );
      out.push(await searched.catch(String));
      const told = JSON.stringify(out) + lines.join('');
      for (const [, form] of FORMS.slice(0, 4)) expect(told).not.toContain(form);
      expect(told).not.toContain('c4n@ry');
      expect(told).not.toContain(basic);
      expect(told).toContain('[redacted]');
    },
  );

  it('that stands in a reference makes the reference unreadable', async () => {
    server.script(answers(201, { id: SECRET }));
    expect(await perform(connector(auth), 'write', {})).toMatchObject({ outcome: 'unknown' });
  });
});

it('a secret of one connector is hidden in what another one brings', async () => {
  const secrets = new Secrets();
  connector(AUTHS[0] as object, secrets);
  server.script(answers(200, { note: SECRET }));
  const other = await connector({ type: 'none' }, secrets).lookup('thing', { id: 'T' }, CONTEXT);
  expect(other).toMatchObject({ fact: { value: { note: '[redacted]' } } });
});

it('a short secret is not looked for', () => {
  const secrets = new Secrets();
  secrets.add('1234567');
  expect(secrets.hide('1234567')).toBe('1234567');
});

it('of a renewed credential the last values are hidden', () => {
  const secrets = new Secrets();
  for (let i = 10; i < 30; i += 1) secrets.renew('token', `token-number-${i}`);
  expect(secrets.hide('token-number-29 token-number-22 token-number-10')).toBe(
    '[redacted] [redacted] token-number-10',
  );
});

it.each(['482915736402', '-482915736402', '482915736402.5', '4.82915736402e11'])(
  'a secret of digits that is echoed as the number %s is hidden',
  async (number) => {
    const secrets = new Secrets();
    secrets.add('482915736402');
    const one = connector(AUTHS[0] as object, secrets);
    server.script(answers(200, `{"note":${number},"amount":12345678.25}`));
    const read = JSON.stringify(await one.lookup('thing', { id: 'T-1' }, CONTEXT));
    server.script(answers(201, `{"id":"7","note":${number},"list":[${number}]}`));
    const written = JSON.stringify(await perform(one, 'write', { note: 482915736402 }));
    expect(read + written).not.toContain('482915736402');
    expect(written).toContain('[redacted]');
  },
);
