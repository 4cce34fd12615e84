import type { SourceFile } from '../../../policy-service/src/application/ports';
import { TestService, type Answer, type Body } from '../harness';
import { RULES, SHIPPED, shippedWith, stricterStock, withoutCases } from './bundles';

let service: TestService;
let first: string;
beforeAll(async () => {
  service = await TestService.start();
  first = (await service.call('/v1/policies')).body.active.version;
});
afterAll(() => service.stop());

const store = (files: SourceFile[]): Promise<Answer> => service.call('/v1/policies', { files });
const activate = (version: string, reason: string): Promise<Answer> =>
  service.call(`/v1/policies/${version}/activate`, { reason });
const entries = async (type: string): Promise<Body[]> =>
  (await service.call(`/v1/audit/entries?type=${type}&order=desc`)).body.items;

test('the first start activates the bundle of the folder, audited', async () => {
  const list = (await service.call('/v1/policies')).body;
  expect(list).toMatchObject({
    active: { version: first, by: 'service', reason: 'first start' },
    bundles: [{ version: first, active: true, createdBy: 'service' }],
    activations: [{ version: first }],
  });
  expect(list.problem).toBeUndefined();
  const [entry] = await entries('policy.activated');
  expect(entry.entry).toMatchObject({
    actor: { kind: 'service', id: 'service' },
    data: { version: first, from: null, reason: 'first start' },
  });
});

test('a bundle is stored, compared, activated with a reason and rolled back', async () => {
  const stored = await store(stricterStock(50));
  expect(stored).toMatchObject({
    status: 201,
    body: { createdBy: expect.stringMatching(/^test \(tok_/) },
  });
  const { version } = stored.body;
  expect((await service.call('/v1/policies')).body.active.version).toBe(first);

  const diff = (await service.call(`/v1/policies/diff?from=active&to=${version}`)).body;
  expect(diff.parts.filter(({ kind }: Body) => kind !== 'case')).toEqual([
    {
      kind: 'rule',
      id: 'inventory-change-above-500',
      change: 'changed',
      fields: [
        {
          path: 'when',
          from: 'arguments.quantity > 500 || arguments.quantity < -500',
          to: 'arguments.quantity > 50 || arguments.quantity < -500',
        },
      ],
    },
  ]);
  expect(diff.files.find(({ path }: Body) => path === RULES).lines).toEqual(
    expect.arrayContaining([
      '-    when: arguments.quantity > 500 || arguments.quantity < -500',
      '+    when: arguments.quantity > 50 || arguments.quantity < -500',
    ]),
  );

  const activated = await activate(version, 'Stock counts were wrong.');
  expect(activated).toMatchObject({ status: 200, body: { version, from: first, changed: true } });
  const decided = await service.tool('inventory.adjust', {
    sku: 'SKU-1001',
    quantity: 100,
    warehouse_id: 'WH-01',
  });
  expect(decided.body).toMatchObject({
    state: 'awaiting_approval',
    decision: { policyVersion: version },
  });
  const [entry] = await entries('policy.activated');
  expect(entry.entry).toMatchObject({
    actor: { kind: 'token' },
    data: { version, from: first, reason: 'Stock counts were wrong.' },
  });

  expect(await service.call('/v1/policies/rollback', { reason: 'Too strict.' })).toMatchObject({
    status: 200,
    body: { version: first, from: version, changed: true },
  });
  const list = (await service.call('/v1/policies?limit=2')).body;
  expect(list.activations.map(({ reason }: Body) => reason)).toEqual([
    'Too strict.',
    'Stock counts were wrong.',
  ]);
  const next = (await service.call(`/v1/policies?limit=2&cursor=${list.nextCursor}`)).body;
  expect(next.activations.map(({ reason }: Body) => reason)).toEqual(['first start']);
});

test('a bundle is read with its files, also by the first characters of its version', async () => {
  const short = first.slice('sha256:'.length, 'sha256:'.length + 10);
  for (const name of ['active', first, short]) {
    const { status, body } = await service.call(`/v1/policies/${name}`);
    expect({ status, version: body.version, active: body.active }).toEqual({
      status: 200,
      version: first,
      active: true,
    });
    expect(body.files.map(({ path }: Body) => path).sort()).toEqual(
      SHIPPED.map(({ path }) => path).sort(),
    );
  }
});

test('activating what is active already changes nothing', async () => {
  const before = (await entries('policy.activated')).length;
  expect(await activate(first, 'Again.')).toMatchObject({ status: 200, body: { changed: false } });
  expect(await entries('policy.activated')).toHaveLength(before);
});

test('the order of the files does not matter; their content does', async () => {
  const { version } = (await store(SHIPPED)).body;
  expect(version).toBe(first);
  expect((await store([...SHIPPED].reverse())).body.version).toBe(first);
  const other = withoutCases(SHIPPED).concat(
    SHIPPED.filter(({ path }) => path.startsWith('tests/')).slice(0, 1),
  );
  expect((await store(other)).body.version).not.toBe(first);
});

test.each<[string, () => SourceFile[], RegExp, string]>([
  [
    'a misspelt argument',
    () => shippedWith('arguments.quantity > 500', 'arguments.quantty > 500'),
    /policies\/shipped\.yaml:\d+.*quantty/,
    'check',
  ],
  ['broken YAML', () => shippedWith('rules:', 'rules: ['), /policies\/shipped\.yaml:\d+/, 'check'],
  [
    'a test case that fails',
    () => shippedWith('decimal("10000")', 'decimal("20000")'),
    /tests\/payments\.yaml:\d+: the test case ".*" fails: /,
    'test',
  ],
  [
    'a connector without its lookups',
    () => shippedWith(/\nlookups:\n/, '\nlookups_of_old:\n', 'connectors/mock-erp.yaml'),
    /connectors\/mock-erp\.yaml/,
    'check',
  ],
])('%s is refused with its place', async (_name, files, message, code) => {
  const answer = await store(files());
  expect(answer).toMatchObject({ status: 422, body: { code: 'bundle_invalid' } });
  const { errors } = answer.body;
  expect(errors[0].code).toBe(code);
  expect(errors.map((error: Body) => error.message).join('\n')).toMatch(message);
  expect((await service.call('/v1/policies')).body.active.version).toBe(first);
});

test('every problem is told, and points at the text of its file', async () => {
  const files = shippedWith('arguments.quantity > 500', 'arguments.quantty > 500').map((file) =>
    file.path === RULES
      ? { ...file, text: file.text.replace('facts.vendor.status', 'facts.vendor.state') }
      : file,
  );
  const { errors } = (await store(files)).body;
  const index = files.findIndex(({ path }) => path === RULES);
  expect(errors.map(({ pointer }: Body) => pointer)).toEqual([
    `/files/${index}/text`,
    `/files/${index}/text`,
  ]);
});

test.each([
  '../policies/x.yaml',
  'policies/../../x.yaml',
  '/etc/passwd',
  'policies/deep/x.yaml',
  'policies/x.yml.exe',
  'policies/.hidden.yaml',
  'other/x.yaml',
  'policies\\x.yaml',
])('%s is no path of a bundle', async (path) => {
  const answer = await store([...SHIPPED, { path, text: 'rules: []' }]);
  expect(answer).toMatchObject({ status: 422, body: { code: 'bundle_invalid' } });
  expect(answer.body.errors[0].message).toMatch(/no file of a bundle/);
});

test('a path twice, no files at all, and files without rules are refused', async () => {
  const twice = await store([...SHIPPED, { path: RULES, text: 'rules: []' }]);
  expect(twice.body.errors[0].message).toBe(`${RULES}: is there twice`);
  expect(await store([])).toMatchObject({ status: 400, body: { code: 'invalid_body' } });
  const noRules = await store(SHIPPED.filter(({ path }) => !path.startsWith('policies/')));
  expect(noRules).toMatchObject({ status: 422, body: { code: 'bundle_invalid' } });
});

test('a bundle may be larger than other bodies, up to a limit that is told', async () => {
  const comment = (bytes: number): SourceFile[] => [
    ...withoutCases(SHIPPED),
    { path: 'policies/long.yaml', text: `# ${'x'.repeat(bytes)}\nrules: []\n` },
  ];
  expect((await store(comment(200_000))).status).toBe(201);
  const answer = await store(comment(1_100_000));
  expect(answer).toMatchObject({
    status: 413,
    body: { detail: expect.stringContaining('1024 KB') },
  });
  const elsewhere = await service.call('/v1/policies/rollback', { reason: 'x'.repeat(100_000) });
  expect(elsewhere).toMatchObject({
    status: 413,
    body: { detail: expect.stringContaining('64 KB') },
  });
});

test('only a token with policies:write changes the policy; readers read', async () => {
  const token = await service.newToken({ scopes: ['requests:read', 'requests:propose'] });
  for (const path of ['/v1/policies', `/v1/policies/${first}/activate`, '/v1/policies/rollback']) {
    const body = path === '/v1/policies' ? { files: SHIPPED } : { reason: 'x' };
    expect(await service.call(path, body, { token })).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope' },
    });
  }
  expect((await service.call('/v1/policies', undefined, { token })).status).toBe(200);
  const person = await service.person('owner@example.com');
  expect((await person('/v1/policies')).status).toBe(200);
  expect((await person('/v1/policies/rollback', { reason: 'x' })).status).toBe(401);
});

test.each(['', '   ', 'x'.repeat(501)])('a reason is required: %p', async (reason) => {
  expect((await activate(first, reason)).status).toBe(400);
});

test('an unknown version is not found; rolling back needs somewhere to go', async () => {
  expect(await activate(`sha256:${'0'.repeat(64)}`, 'x')).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  });
  const fresh = await TestService.start();
  try {
    expect(await fresh.call('/v1/policies/rollback', { reason: 'x' })).toMatchObject({
      status: 404,
      body: { detail: expect.stringMatching(/no way back/) },
    });
  } finally {
    await fresh.stop();
  }
});

test('the same key answers with the first activation, even after a later one', async () => {
  const { version } = (await store(stricterStock(60))).body;
  const call = (): Promise<Answer> =>
    service.call(`/v1/policies/${version}/activate`, { reason: 'Once.' }, { key: 'once' });
  const done = await call();
  await service.call('/v1/policies/rollback', { reason: 'Back.' });
  const repeated = await call();
  expect(repeated.body).toEqual(done.body);
  expect((await service.call('/v1/policies')).body.active.version).toBe(first);
});
