import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, anyIds, ScriptedServer } from './support/stand-in';
import { Target } from './support/target';

/** An ERP that says back every secret it was sent, in every form and place that it can think of. */
const SECRET = 'c4n4ry/ "se+cret" &1<x>';
const FORMS = [
  SECRET,
  encodeURIComponent(SECRET),
  encodeURIComponent(SECRET).toLowerCase(),
  new URLSearchParams({ k: SECRET }).toString().slice(2),
  JSON.stringify(SECRET).slice(1, -1),
  Buffer.from(SECRET).toString('base64'),
  Buffer.from(SECRET).toString('base64url'),
  Buffer.from(SECRET).toString('hex'),
  SECRET.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
];

let erp: ScriptedServer;
let target: Target;
let log = '';
beforeAll(async () => {
  erp = await ScriptedServer.start();
  const auth = { type: 'header', header: 'X-Key', value: '${EXECUTION_LAYER_ERP_MOCK_ERP_KEY}' };
  target = await Target.start({
    EXECUTION_LAYER_MOCK_ERP_URL: erp.url,
    EXECUTION_LAYER_LOG_LEVEL: 'trace',
    EXECUTION_LAYER_ERP_MOCK_ERP_KEY: SECRET,
    EXECUTION_LAYER_BUNDLE_DIR: anyIds(() => ({ auth })),
  });
  for (const stream of [target.child.stdout, target.child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  }
  target.newPerson('ana@example.com', 'finance_approver,operator');
});
afterAll(async () => {
  await target?.stop();
  await erp?.stop();
});

test('no form of it comes out of answers, timelines, pages, the export, the log or the files', async () => {
  const out: string[] = [];
  const keep = ({ body }: { body: unknown }): void => void out.push(JSON.stringify(body));
  const headers = await target.signIn('ana@example.com');
  let sent = 0;
  const script = (behaviour: ReturnType<typeof answers>): void =>
    erp.script((res, call, socket) => {
      if (call.headers['x-key'] === SECRET) sent += 1;
      behaviour(res, call, socket);
    });
  for (const [n, form] of FORMS.entries()) {
    const told = {
      name: form,
      note: [form, { [form]: form }],
      number: form,
      error: { message: form },
    };
    const record = { vendor_id: 'V-1001', status: 'active', ...told };
    const also = { location: `/${encodeURIComponent(form)}`, 'retry-after': '1' };
    const args = { vendor_id: 'V-1001', amount: `${n + 1}.00`, currency: 'USD' };
    for (const status of [201, 422, 500]) {
      script((res, call, socket) =>
        answers(call.method === 'GET' ? 200 : status, record, also)(res, call, socket),
      );
      keep(await target.tool('vendor.read', { vendor_id: 'V-1001' }, { execute: true }));
      const amount = `${n + 1}.${String(status).slice(0, 2)}`;
      keep(await target.tool('vendor_payment.create', { ...args, amount }, { execute: true }));
    }
    script(answers(200, { ...record, vendor_id: form }));
    keep(await target.tool('vendor.read', { vendor_id: 'V-1001' }));
    script(answers(404, told, also));
    keep(await target.tool('vendor.read', { vendor_id: 'V-1001' }));
  }
  expect(sent).toBeGreaterThan(FORMS.length * 2);
  const items = (await target.call('/v1/requests?limit=200&action=vendor.read')).body.items;
  expect(items.length).toBeGreaterThan(FORMS.length);
  for (const { id } of items) {
    keep(await target.call(`/v1/requests/${id}`));
    keep(await target.call(`/v1/requests/${id}/timeline`));
    keep(await target.anonymous(`/requests/${id}`, undefined, { headers }));
  }
  for (const page of ['/requests', '/attention', '/inbox', '/metrics', '/readyz']) {
    keep(await target.anonymous(page, undefined, { headers }));
  }
  const text = out.join('\n');
  for (const form of FORMS) {
    const written = [form, JSON.stringify(form).slice(1, -1)];
    for (const one of written) {
      const at = text.indexOf(one);
      expect(at < 0 ? '' : text.slice(Math.max(0, at - 300), at + 60)).toBe('');
      expect({ one, logged: log.includes(one) }).toEqual({ one, logged: false });
    }
  }
});

test('and none that only the ERP said is in the files of the data directory', async () => {
  const marked = await Target.start({
    EXECUTION_LAYER_MOCK_ERP_URL: erp.url,
    EXECUTION_LAYER_ERP_MOCK_ERP_KEY: SECRET,
    EXECUTION_LAYER_BUNDLE_DIR: target.served.settings['EXECUTION_LAYER_BUNDLE_DIR'] as string,
  });
  try {
    for (const form of FORMS) {
      erp.script(answers(200, { vendor_id: 'V-1001', status: 'active', name: form, [form]: form }));
      const { body } = await marked.tool('vendor.read', { vendor_id: 'V-1001' }, { execute: true });
      expect(body.state).toBe('executed');
    }
    const files = readdirSync(marked.served.dataDir).filter((name) => /sqlite/.test(name));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      const bytes = readFileSync(join(marked.served.dataDir, name));
      for (const form of FORMS)
        expect({ name, form, kept: bytes.includes(form) }).toMatchObject({ kept: false });
    }
  } finally {
    await marked.stop();
  }
});
