import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readBundleFolder } from '../../policy-service/src/bundle/read-folder';
import { bundleFolder } from '../service/bundle-folder';
import type { Body } from '../support/served';
import { Target } from './support/target';

/** Whoever may store a bundle tries to have secrets of the machine sent to an address of theirs. */
const SECRET = 'a-secret-of-the-machine';
let target: Target;
beforeAll(async () => {
  target = await Target.start({
    DATABASE_PASSWORD: SECRET,
    OTHER_KEY: SECRET,
    EXECUTION_LAYER_ERP_DESK_KEY: SECRET,
    ODOO_API_KEY: SECRET,
    ANTHROPIC_API_KEY: '',
    EXECUTION_LAYER_CONNECTOR_VARIABLES: 'other:OTHER_KEY',
    EXECUTION_LAYER_ERP_HOSTS: METADATA.map(([host]) => host).join(','),
  });
});
afterAll(() => target?.stop());

/** Where clouds hand out credentials, and addresses that many or nobody answer at; the operator lists them by mistake. */
const METADATA: [host: string][] = [
  ['169.254.169.254'],
  ['169.254.170.2'],
  ['100.100.100.200'],
  ['168.63.129.16'],
  ['192.0.0.192'],
  ['[::ffff:a9fe:a9fe]'],
  ['[64:ff9b::a9fe:a9fe]'],
  ['[64:ff9b:1::a9fe:a9fe]'],
  ['[2002:a9fe:a9fe::1]'],
  ['[fd00:ec2::254]'],
  ['[fe80::1]'],
  ['0.0.0.0'],
  ['[::]'],
  ['255.255.255.255'],
  ['224.0.0.1'],
  ['[ff02::1]'],
];

const connector = (baseUrl: string, auth = '{ type: none }') => `
id: desk
title: Desk
type: http
baseUrl: ${JSON.stringify(baseUrl)}
auth: ${auth}
ping: { path: / }
lookups:
  thing: { path: '/things/{id}', notFound: [404], fields: { id: /id } }
operations: {}
`;

let files: { path: string; text: string }[];
/** What becomes of a bundle with that connector when it is to decide. */
async function activated(text: string): Promise<{ status: number; body: Body }> {
  files ??= readBundleFolder(bundleFolder({})).filter(({ path }) => !path.startsWith('tests/'));
  const all = [...files, { path: 'connectors/desk.yaml', text }];
  const stored = await target.call('/v1/policies', { files: all });
  if (stored.status !== 201) return stored;
  return target.call(`/v1/policies/${stored.body.version}/activate`, { reason: 'attack' });
}

const refused = (answer: { status: number; body: Body }) => {
  expect(answer).toMatchObject({ status: 422, body: { code: 'bundle_invalid' } });
  expect(JSON.stringify(answer.body)).not.toContain(SECRET);
};

test.each([
  'http://127.attacker.example.com',
  'http://127.0.0.1.attacker.example.com',
  'http://127-0-0-1.attacker.example.com',
  'http://localhost.attacker.example.com',
  'http://attacker.example.com#localhost',
  'http://localhost@attacker.example.com',
  'http://attacker.example.com\\\\@127.0.0.1',
  'http://attacker.example.com:80',
  'http://attacker.example.com.',
  'http://ATTACKER.example.com',
  'http://128.0.0.1',
  'http://3232235777',
  'http://0xC0A80001',
  'http://0300.0250.0.1',
  'http://10.1',
  'http://[::127.0.0.1]',
  'http://[64:ff9b::7f00:1]',
  'http://[2002:7f00:1::]',
  'http://[fc00::1]',
  'http://metadata.google.internal',
  'http://①⑦②.16.0.1',
  'http://user:pass@127.0.0.1',
  'http://127.0.0.1/?q=1',
  'http://127.0.0.1/#x',
  'ftp://127.0.0.1',
  'file:///etc/passwd',
  'gopher://127.0.0.1',
  '//attacker.example.com',
  '${ATTACKER_URL:-http://attacker.example.com}',
])('the address %s in a bundle is refused', async (address) => {
  refused(await activated(connector(address)));
});

test.each(METADATA)('%s is never an ERP, though the operator lists it', async (host) => {
  refused(await activated(connector(`http://${host}`)));
  refused(await activated(connector(`http://${host}:8080/latest`)));
});

test.each(['2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '169.254.43518', '169.254.169.254.'])(
  'the metadata address written as %s is what it is',
  async (host) => {
    refused(await activated(connector(`http://${host}/`)));
  },
);

test.each([
  'DATABASE_PASSWORD',
  'OTHER_KEY',
  'ODOO_API_KEY',
  'ANTHROPIC_API_KEY',
  'PATH',
  'NODE_OPTIONS',
  'EXECUTION_LAYER_DATA_DIR',
  'EXECUTION_LAYER_ERP_HOSTS',
  'EXECUTION_LAYER_ERP_DESKTOP_KEY',
  'EXECUTION_LAYER_ERP_DESK',
])('the variable %s is not this connector’s, wherever it is named', async (variable) => {
  const named = `\${${variable}}`;
  const places = [
    connector('http://127.0.0.1:9', `{ type: bearer, token: '${named}' }`),
    connector('http://127.0.0.1:9', `{ type: basic, username: '${named}', password: x }`),
    connector(named),
    connector(`\${${variable}:-http://127.0.0.1:9}`),
    `${connector('http://127.0.0.1:9')}headers: { X-Key: '${named}' }\n`,
  ];
  for (const text of places) refused(await activated(text));
});

test('its own variable is, and an address of this machine', async () => {
  const own = "{ type: bearer, token: '${EXECUTION_LAYER_ERP_DESK_KEY}' }";
  for (const address of ['http://127.0.0.1:9', 'http://[::1]:9', 'http://localhost:9']) {
    expect(await activated(connector(address, own))).toMatchObject({ status: 200 });
  }
});

test('callbacks go to listed hosts alone, however the URL is written', async () => {
  const { body } = await target.tool('vendor_payment.create', {
    vendor_id: 'V-1001',
    amount: '12500.00',
    currency: 'USD',
  });
  expect(body.state).toBe('awaiting_approval');
  for (const resumeUrl of [
    'http://169.254.169.254/latest',
    'http://127.0.0.1:4310/v1/session',
    'http://127.0.0.1/webhook',
    'http://127.0.0.1:5678@attacker.example.com/',
    'http://user:pass@127.0.0.1:5678/',
    'http://attacker.example.com:5678/',
    'http://127.0.0.1.attacker.example.com:5678/',
    'http://localhost.:5678/',
    'http://[::1]:5678/',
    'http://[::ffff:127.0.0.1]:5678/',
    'http://0:5678/',
    'ftp://127.0.0.1:5678/',
    'file:///127.0.0.1:5678/',
    'javascript:alert(1)',
    '//127.0.0.1:5678/',
    'http://127.0.0.1:56780/',
  ]) {
    const answer = await target.call(`/v1/requests/${body.id}/callbacks`, { resumeUrl });
    expect({ resumeUrl, ...answer }).toMatchObject({ status: 403 });
  }
});

test('the shipped connectors name no variable of others', () => {
  const text = readFileSync(
    resolve(__dirname, '../../policy-service/connectors/mock-erp.yaml'),
    'utf8',
  );
  expect([...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name)).toEqual([
    'EXECUTION_LAYER_MOCK_ERP_URL',
  ]);
});
