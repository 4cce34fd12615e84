import { answers, anyIds, idIn, ScriptedServer, vendor, type Answering } from './support/stand-in';
import { Target } from './support/target';

/** Arguments that make an ERP answer oddly, and answers that are made to stop whoever reads them. */
let erp: ScriptedServer;
let elsewhere: ScriptedServer;
let target: Target;
beforeAll(async () => {
  erp = await ScriptedServer.start();
  elsewhere = await ScriptedServer.start();
  target = await Target.start({
    EXECUTION_LAYER_MOCK_ERP_URL: erp.url,
    EXECUTION_LAYER_BUNDLE_DIR: anyIds(),
  });
});
afterAll(async () => {
  await target?.stop();
  await erp?.stop();
  await elsewhere?.stop();
});

/** Failures in a row that open a circuit, and one more. */
const OFTEN = 6;
/** Each id is asked for once: what an earlier answer said of it may be remembered for a moment. */
let ids = 0;
const odd = (): string => `odd-${(ids += 1)}`;
const read = (vendor_id: string) => target.tool('vendor.read', { vendor_id });
const circuits = async (): Promise<unknown> =>
  (await target.anonymous('/readyz')).body.connectors[0];

/** The vendor `odd` gets the answer, and everybody else what they asked for. */
function oddly(answer: Answering): void {
  erp.script((res, call) => {
    if (idIn(call).startsWith('odd')) answer(res, call);
    else vendor(decodeURIComponent(idIn(call)))(res, call, res.socket!);
  });
}
const plainly =
  (...args: Parameters<typeof answers>): Answering =>
  (res, call) =>
    answers(...args)(res, call, res.socket!);

const STATUSES: [string, () => Answering][] = [
  ...[400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 413, 414, 415, 418, 422, 431, 451].map(
    (status): [string, () => Answering] => [
      `status ${status}`,
      () => plainly(status, { error: { message: 'No.' } }),
    ],
  ),
  ...[300, 301, 302, 303, 307, 308].map((status): [string, () => Answering] => [
    `a redirect (${status})`,
    () => plainly(status, '', { location: `${elsewhere.url}/metadata` }),
  ]),
  ['a page', () => plainly(200, '<html>Sign in</html>', { 'content-type': 'text/html' })],
  ['nothing', () => plainly(200, '')],
  ['half a text', () => plainly(200, '{"vendor_id":')],
  ['a list', () => plainly(200, [])],
  ['another record', () => plainly(200, { vendor_id: 'V-2', name: 'B', status: 'active' })],
  ['null', () => plainly(200, 'null')],
  ['no content', () => plainly(204, '')],
  ['a strange success', () => plainly(299, {})],
];

test.each(STATUSES)(
  'an id that the ERP answers with %s stops nobody else',
  async (_name, answer) => {
    oddly(answer());
    elsewhere.script(answers(200, {}));
    for (let n = 0; n < OFTEN; n += 1) {
      const { status, body } = await read(odd());
      expect([200, 503]).toContain(status);
      expect(['allowed', 'executed']).not.toContain(body.state);
    }
    expect(await circuits()).toMatchObject({ reads: 'closed', writes: 'closed' });
    expect(elsewhere.received).toEqual([]);
    expect(await read('V-1001')).toMatchObject({ status: 200, body: { state: 'allowed' } });
  },
);

/** None of these may so much as reach the ERP. */
const UNSENDABLE = [
  '.',
  '..',
  '../..',
  '/',
  'a/b',
  'a\\b',
  '%2e%2e',
  '%252e%252e%252f',
  'a?b=c',
  'a#b',
  'a;b',
  '\uff0e\uff0e',
  '\u2025',
  '\uff0f',
  '\u2044',
  '..%00',
  'a\u0000b',
  'a\r\nHost: evil.example.com',
  'a\tb',
  '\u202e..',
  'a\u200bb',
];

test('ids that cannot be part of a path are invalid, and the ERP is not asked', async () => {
  oddly(plainly(500, {}));
  for (const id of UNSENDABLE) {
    for (let n = 0; n < OFTEN; n += 1) {
      const { body } = await read(id);
      expect({ id, ...body }).toMatchObject({
        state: 'invalid',
        validation: { errors: [{ pointer: '/vendor_id' }] },
      });
    }
  }
  expect(erp.received).toEqual([]);
  expect(await circuits()).toMatchObject({ reads: 'closed' });
});

test('half a surrogate pair is refused before anything is asked', async () => {
  oddly(plainly(500, {}));
  const raw = '{"requestedBy":"ana","arguments":{"vendor_id":"\\ud800"}}';
  expect(await target.call('/v1/tools/vendor.read', undefined, { raw })).toMatchObject({
    status: 400,
    body: { code: 'malformed_json' },
  });
  expect(erp.received).toEqual([]);
});

test('a very long id is told as what it is, or looked up, and stops nobody', async () => {
  oddly(plainly(414, {}));
  const { result, stalled } = await target.during(async () => {
    const answered = [];
    for (let n = 0; n < OFTEN; n += 1) answered.push(await read(`${odd()}${'x'.repeat(55_000)}`));
    return answered;
  });
  for (const { status } of result) expect([200, 503]).toContain(status);
  expect(stalled).toBe(false);
  expect(await circuits()).toMatchObject({ reads: 'closed' });
  expect(await read('V-1001')).toMatchObject({ body: { state: 'allowed' } });
});

const MEGABYTE = 1024 * 1024;
const FILLED = (fragment: string, bytes = MEGABYTE - 200): string =>
  fragment.repeat(Math.floor(bytes / Buffer.byteLength(fragment)));

/** Answers of the largest size that is read, each slow to read in its own way. */
const POISON: [string, string][] = [
  ['quotes without end', `"${FILLED('\\"')}`],
  ['brackets', FILLED('[')],
  ['brackets that end', FILLED('[', 500_000) + FILLED(']', 500_000)],
  ['members', `{${Array.from({ length: 60_000 }, (_, n) => `"m${n}":1`).join(',')}}`],
  ['small lists', `[${FILLED('[],')}[]]`],
  ['a number without end', `{"vendor_id":${FILLED('9')}}`],
  ['a fraction without end', `{"vendor_id":1.${FILLED('0', 900_000)}1}`],
  ['marks on a letter', JSON.stringify({ vendor_id: `o${FILLED('\u0301')}` })],
  ['letters that unfold', JSON.stringify({ vendor_id: FILLED('\ufdfa') })],
  ['at signs', JSON.stringify({ vendor_id: FILLED('a@.') })],
  ['a name without end', JSON.stringify({ [FILLED('a')]: 1 })],
  ['blanks', `{${FILLED(' ')}}`],
  ['escapes', `{"vendor_id":"${FILLED('\\u0301')}"}`],
  ['control characters', JSON.stringify({ vendor_id: FILLED('\u0000') })],
  ['more than is read', JSON.stringify({ vendor_id: FILLED('x', 20 * MEGABYTE) })],
];

test.each(POISON)('an answer of %s stops nobody', async (_name, body) => {
  oddly(plainly(200, body));
  const {
    result,
    stalled,
    answers: heard,
  } = await target.during(() => Promise.all([read(odd()), read(odd())]));
  for (const answer of result) expect([200, 503]).toContain(answer.status);
  for (const answer of result) expect(answer.body.state).not.toBe('allowed');
  expect(heard).toBeGreaterThan(0);
  expect(stalled).toBe(false);
  expect(await target.tool('vendor.read', { vendor_id: 'V-1001' })).toMatchObject({
    body: { state: 'allowed' },
  });
});

test('an answer that never ends is left after the time limit, and others are answered meanwhile', async () => {
  const open: NodeJS.Timeout[] = [];
  oddly((res) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    open.push(setInterval(() => res.write(' '), 50));
  });
  const { result, stalled } = await target.during(() =>
    Promise.all([read(odd()), read(odd()), read('V-1001')]),
  );
  open.forEach(clearInterval);
  expect(result.map(({ status }) => status)).toEqual([503, 503, 200]);
  expect(stalled).toBe(false);
});
