import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, ScriptedServer } from './support/stand-in';
import { spawnCli } from '../service/cli/processes';

/** Documents that the importer is pointed at: it ends soon, with a sentence, and never with a trace. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'execution-layer-documents-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BOUND_MS = 60_000;
async function imported(source: string): Promise<{ status: number | null; stderr: string }> {
  const begun = performance.now();
  const out = join(folder, `out-${Math.random().toString(36).slice(2)}`);
  const run = await spawnCli(['catalogue', 'import', source, '--all', '--out', out], {});
  expect(performance.now() - begun).toBeLessThan(BOUND_MS);
  expect(run.stderr).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)/m);
  if (run.status !== 0) expect(run.stderr).toMatch(/^execution-layer: \S/);
  return run;
}

const head = {
  openapi: '3.1.0',
  info: { title: 'T', version: '1' },
  servers: [{ url: 'http://127.0.0.1:9' }],
};
const posting = (schema: unknown, components: object = {}) =>
  JSON.stringify({
    ...head,
    paths: {
      '/a': {
        post: {
          operationId: 'a',
          requestBody: { content: { 'application/json': { schema } } },
          responses: { 201: { description: 'made' } },
        },
      },
    },
    components: { schemas: components },
  });
const nested = (levels: number): unknown =>
  Array.from({ length: levels }).reduce<unknown>(
    (inner) => ({ type: 'object', properties: { a: inner } }),
    { type: 'string' },
  );
const doubling = Object.fromEntries(
  Array.from({ length: 60 }, (_, n) => [
    `S${n}`,
    n === 59
      ? { type: 'string' }
      : {
          type: 'object',
          properties: {
            a: { $ref: `#/components/schemas/S${n + 1}` },
            b: { $ref: `#/components/schemas/S${n + 1}` },
          },
        },
  ]),
);

const DOCUMENTS: [string, string, string][] = [
  ['nested brackets', 'json', '['.repeat(1_000_000)],
  ['nested objects', 'json', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['nested brackets as YAML', 'yaml', `openapi: 3.1.0\npaths: ${'['.repeat(100_000)}`],
  ['nested flow maps as YAML', 'yaml', `openapi: 3.1.0\npaths: ${'{a: '.repeat(50_000)}`],
  [
    'indentation as YAML',
    'yaml',
    Array.from({ length: 2_000 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
  ],
  [
    'aliases that multiply',
    'yaml',
    `a0: &a0 [x, x]\n${Array.from({ length: 40 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`).join('\n')}\nopenapi: 3.1.0\npaths: *a40\n`,
  ],
  ['a schema of many levels', 'json', posting(nested(150))],
  ['a schema of too many levels', 'json', posting(nested(1_000))],
  ['references that multiply', 'json', posting({ $ref: '#/components/schemas/S0' }, doubling)],
  [
    'a reference to itself',
    'json',
    posting({ $ref: '#/components/schemas/A' }, { A: { $ref: '#/components/schemas/A' } }),
  ],
  [
    'references in a ring',
    'json',
    posting(
      { $ref: '#/components/schemas/A' },
      {
        A: { properties: { b: { $ref: '#/components/schemas/B' } } },
        B: { properties: { a: { $ref: '#/components/schemas/A' } } },
      },
    ),
  ],
  ['a reference into a file', 'json', posting({ $ref: '/etc/passwd' })],
  ['a reference into a network', 'json', posting({ $ref: 'http://169.254.169.254/latest' })],
  [
    'a pattern that backtracks',
    'json',
    posting({ type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } }),
  ],
  [
    'members named like those of every object',
    'json',
    posting(
      JSON.parse(
        '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"},"toString":{"type":"string"}}}',
      ),
    ),
  ],
  [
    'names that are paths',
    'json',
    posting({ type: 'object' }).replace(
      '"operationId":"a"',
      '"operationId":"../../../etc/cron.d/x"',
    ),
  ],
  [
    'many operations',
    'json',
    JSON.stringify({
      ...head,
      paths: Object.fromEntries(
        Array.from({ length: 1_500 }, (_, n) => [
          `/p${n}`,
          { get: { operationId: `g${n}`, responses: { 200: { description: 'x' } } } },
        ]),
      ),
    }),
  ],
  ['a text without end', 'json', posting({ type: 'object', description: 'x'.repeat(5_000_000) })],
  ['no text at all', 'json', '\u0000'.repeat(100_000)],
];

test.each(DOCUMENTS)('%s', async (name, kind, text) => {
  const file = join(folder, `${name.replaceAll(' ', '-')}.${kind}`);
  writeFileSync(file, text);
  await imported(file);
});

test('a file and an answer that are too large are refused by their size', async () => {
  const file = join(folder, 'large.json');
  writeFileSync(file, `{"openapi":"3.1.0","x":"${'x'.repeat(33 * 1024 * 1024)}"}`);
  expect(await imported(file)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/larger than/),
  });
  const endless = await ScriptedServer.start();
  try {
    endless.script((res) => {
      const write = (): void => {
        while (!res.destroyed && res.write(Buffer.alloc(256 * 1024, ' ')));
      };
      res.on('drain', write);
      write();
    });
    expect(await imported(`${endless.url}/openapi.json`)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/larger than/),
    });
    endless.script(answers(200, posting({ $ref: `${endless.url}/next` })));
    await imported(`${endless.url}/openapi.json`);
    // What a document points at is not fetched.
    expect(endless.received).toHaveLength(1);
  } finally {
    await endless.stop();
  }
});
