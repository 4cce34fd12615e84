import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { anyIds, answers, ScriptedServer, vendor } from './support/stand-in';
import { Target } from './support/target';

/** Ids that name another route of the ERP, in whatever way a server decodes paths. */
let erp: ScriptedServer;
let target: Target;
beforeAll(async () => {
  erp = await ScriptedServer.start();
  target = await Target.start({
    EXECUTION_LAYER_MOCK_ERP_URL: erp.url,
    EXECUTION_LAYER_BUNDLE_DIR: anyIds(),
  });
  // As FastAPI (Starlette) and others do: the path is decoded, and then routed.
  erp.script((res, call, socket) => {
    const [collection, id, ...rest] = segmentsOf(call.url, 1);
    if (collection === 'vendors' && id !== undefined && rest.length === 0) {
      return vendor(id)(res, call, socket);
    }
    answers(200, { vendor_id: 'reached another route', name: 'x', status: 'active' })(
      res,
      call,
      socket,
    );
  });
});
afterAll(async () => {
  await target?.stop();
  await erp?.stop();
});

/** Segments of a path after so many decodings, climbed as a file system would. */
function segmentsOf(url: string, decodings: number): string[] {
  let path = url.split(/[?#]/)[0] ?? '';
  for (let n = 0; n < decodings; n += 1) path = decoded(path);
  const climbed: string[] = [];
  for (const segment of path.normalize('NFKC').replaceAll('\\', '/').split('/').slice(1)) {
    if (segment === '..') climbed.pop();
    else if (segment !== '.') climbed.push(segment.split(';')[0] ?? '');
  }
  return climbed;
}

/** Byte by byte, so that overlong and broken sequences decode as careless servers take them. */
function decoded(path: string): string {
  const bytes = path.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    const raw = Buffer.from(run.replaceAll('%', ''), 'hex');
    const careless = raw.toString('latin1').replace(/\xc0\xaf|\xe0\x80\xaf/g, '/');
    const strict = raw.toString('utf8');
    return strict.includes('\ufffd') ? careless : strict;
  });
  return bytes.replaceAll(/\xc0\xae/g, '.');
}

const SLASHES = [
  '/',
  '\\',
  '%2f',
  '%2F',
  '%5c',
  '%252f',
  '%25252F',
  '%c0%af',
  '%e0%80%af',
  '%uff0f',
  '\uff0f',
  '\u2044',
  '\u2215',
  '\u29f8',
  '\u2216',
  '\ufe68',
  '\uff3c',
  '\u0338/',
];
const DOTS = [
  '..',
  '%2e%2e',
  '.%2E',
  '%252e%252e',
  '\uff0e\uff0e',
  '\u2024\u2024',
  '\u2025',
  '%c0%ae%c0%ae',
];
const ENDINGS = [
  'V-1?admin=1',
  'V-1#x',
  'V-1;x=/admin',
  'V-1%3fq',
  'V-1%23',
  'V-1%00',
  'V-1\u0000',
  'V-1%0d%0aX: y',
  'V-1\n',
  '',
  ' ',
  '.',
  '%20',
  '//',
  'V-1/',
  '/V-1',
  'http://evil.example.com/',
  '@evil.example.com',
  '%',
  '%zz',
  '%2',
];

test('whatever id is asked for, the ERP is called at one segment below its route, or not at all', async () => {
  const ids = [
    ...SLASHES.flatMap((slash) => [
      `V-1${slash}admin`,
      ...DOTS.map((dots) => `${dots}${slash}admin`),
    ]),
    ...DOTS,
    ...ENDINGS,
  ];
  for (const vendor_id of ids) {
    const { status, body } = await target.tool('vendor.read', { vendor_id }, { execute: true });
    expect({ vendor_id, status }).toMatchObject({ status: 200 });
    expect(JSON.stringify(body)).not.toContain('another route');
  }
  for (const { url } of erp.received) {
    for (const decodings of [0, 1, 2, 3]) {
      const segments = segmentsOf(url, decodings);
      expect({ url, segments }).toEqual({ url, segments: ['vendors', expect.stringMatching(/./)] });
    }
    expect(url).not.toMatch(/[?#;\\]|%(?:00|0a|0d|25|2f|5c)/i);
  }
});

test('an ordinary id, also of another script, is looked up as it is', async () => {
  erp.received.length = 0;
  for (const id of ['V-1001', 'Müller & Söhne', '取引先-7', 'a.b~c(1)+2=3,4!*']) {
    const { body } = await target.tool('vendor.read', { vendor_id: id });
    expect(body).toMatchObject({ state: 'allowed' });
  }
  expect(erp.received.map(({ url }) => decodeURIComponent(url))).toEqual([
    '/vendors/V-1001',
    '/vendors/Müller & Söhne',
    '/vendors/取引先-7',
    '/vendors/a.b~c(1)+2=3,4!*',
  ]);
});

test('the import gives every path argument a pattern that holds the same line', () => {
  const document = {
    openapi: '3.1.0',
    info: { title: 'Desk', version: '1' },
    servers: [{ url: 'http://127.0.0.1:9' }],
    paths: Object.fromEntries(
      [{ type: 'string' }, { type: 'string', format: 'email' }, {}].map((schema, n) => [
        `/things${n}/{thing_id}`,
        {
          post: {
            operationId: `make${n}`,
            parameters: [{ name: 'thing_id', in: 'path', required: true, schema }],
            responses: { 201: { description: 'made' } },
          },
        },
      ]),
    ),
  };
  const file = `${target.served.folder}/desk.json`;
  writeFileSync(file, JSON.stringify(document));
  const out = `${target.served.folder}/desk`;
  const run = target.served.cli(['catalogue', 'import', file, '--all', '--out', out]);
  expect(run).toMatchObject({ status: 0 });
  for (const name of readdirSync(`${out}/catalogue`)) {
    const action = parse(readFileSync(`${out}/catalogue/${name}`, 'utf8'));
    const { pattern } = action.schema.properties.thing_id;
    expect({ name, pattern }).toEqual({ name, pattern: expect.any(String) });
    for (const id of ['a/b', 'a\\b', 'a%2fb', '..', 'a?b', 'a#b']) {
      expect({ name, id, fits: new RegExp(pattern, 'u').test(id) }).toMatchObject({ fits: false });
    }
  }
});
