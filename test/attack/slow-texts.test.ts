import { Target } from './support/target';

/** Texts that are made to be slow to read, and what else is read of a body. */
let target: Target;
beforeAll(async () => {
  target = await Target.start();
});
afterAll(() => target?.stop());

const CAP = 8_000;
const HONEST = 'Pay vendor V-1001 500 USD';
const filled = (head: string, fragment: string, tail = ''): string =>
  `${head}${fragment.repeat(Math.ceil(CAP / fragment.length))}`.slice(0, CAP - tail.length) + tail;

/** What a reader may look at again for each place of a text: figures, quotes, ids, brackets, words. */
const FRAGMENTS = [
  '5$\n',
  '1,',
  '1.000.',
  '"',
  '"a" ',
  "'“”",
  '(',
  '((a))',
  'V-1001 ',
  'V-',
  'SKU-1001,',
  'and ',
  'one hundred ',
  'twenty-',
  'USD EUR ',
  '500 USD to V-1001 ',
  'not ',
  'é\u0301',
  '\u200b',
  '付款',
  '٥',
  ' \t',
  'a.b@',
  '-',
  '=',
  'INV-5001 for INV-',
  'pay vendor ',
  'memo: ',
];

const readOrGivenUp = async (text: string): Promise<void> => {
  const { status, body } = await target.propose(text);
  expect({ text: text.slice(0, 60), status }).toMatchObject({ status: 201 });
  expect(['extracted', 'extraction_failed', 'blocked', 'invalid']).toContain(body.state);
};

test.each([
  ['after an order', (fragment: string) => filled(`${HONEST} `, fragment)],
  ['before an order', (fragment: string) => filled('', fragment, ` ${HONEST}`)],
])('fragments repeated %s up to the cap stop nobody', async (_name, text) => {
  const attack = async (): Promise<void> => {
    for (const fragment of FRAGMENTS) await readOrGivenUp(text(fragment));
  };
  const { answers, stalled } = await target.during(attack);
  expect(answers).toBeGreaterThan(FRAGMENTS.length);
  expect(stalled).toBe(false);
});

test('fifty slow texts of one token at once: the next texts of others are read, short and long', async () => {
  const other = target.newToken({ name: 'other' });
  const slow = filled(`${HONEST} `, '5$\n');
  const attack = async () => {
    const sent = Promise.all(Array.from({ length: 50 }, () => target.propose(slow)));
    const others = await Promise.all(
      [HONEST, `${HONEST}. ${'We thank you for the good work. '.repeat(30)}`].map((text) =>
        target.propose(text, { token: other }),
      ),
    );
    return { others, sent: await sent };
  };
  const { result, stalled } = await target.during(attack);
  expect(stalled).toBe(false);
  for (const { status, body } of result.others) {
    expect({ status, intent: body.intent }).toMatchObject({
      status: 201,
      intent: { action: 'vendor_payment.create' },
    });
  }
  for (const { status, body, headers } of result.sent) {
    if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    else expect({ status, state: body.state }).toMatchObject({ status: 201 });
  }
  expect(await target.propose(HONEST)).toMatchObject({
    status: 201,
    body: { intent: { action: 'vendor_payment.create' } },
  });
});

/** Arguments that fill a body, each slow to check, to canonicalise, to name or to tell apart in its own way. */
const LONG = 60_000;
const many = (count: number, member: (n: number) => [string, unknown]): object =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => member(n)));
const PAYMENT = { vendor_id: 'V-1001', amount: '100.00', currency: 'USD' };
const ARGUMENTS: [string, object][] = [
  ['an id without end', { ...PAYMENT, vendor_id: `V-${'1'.repeat(LONG)}` }],
  ['an amount without end', { ...PAYMENT, amount: '9'.repeat(LONG) }],
  ['an amount of signs', { ...PAYMENT, amount: '1,'.repeat(LONG / 2) }],
  ['a currency without end', { ...PAYMENT, currency: 'USD'.repeat(LONG / 3) }],
  ['marks on one letter', { ...PAYMENT, vendor_id: `V${'\u0301\u0323'.repeat(LONG / 4)}` }],
  ['joiners', { ...PAYMENT, memo: '\u200d'.repeat(LONG / 3) }],
  ['blanks', { ...PAYMENT, memo: ' '.repeat(LONG) }],
  ['ligatures that unfold', { ...PAYMENT, memo: '\ufdfa'.repeat(LONG / 3) }],
  ['a long member name', { ...PAYMENT, ['x'.repeat(LONG)]: 1 }],
  ['many unknown members', { ...PAYMENT, ...many(5_000, (n) => [`k${n}`, n]) }],
  ['many near misses', { ...PAYMENT, ...many(3_000, (n) => [`vendor_i${n}`, 'V-1']) }],
  ['many lists', { ...PAYMENT, memo: Array.from({ length: 15_000 }, () => []) }],
  [
    'nested as deep as may be',
    { ...PAYMENT, memo: JSON.parse(`${'['.repeat(28)}${']'.repeat(28)}`) },
  ],
  ['numbers in numbers', { ...PAYMENT, amount: Array.from({ length: 10_000 }, () => 1e-7) }],
];

test.each(ARGUMENTS)('arguments with %s are answered, and stop nobody', async (_name, args) => {
  const { result, stalled } = await target.during(() =>
    Promise.all(Array.from({ length: 12 }, () => target.tool('vendor_payment.create', args))),
  );
  expect(stalled).toBe(false);
  for (const { status, body } of result) {
    expect(body.state).not.toBe('allowed');
    expect([200, 400]).toContain(status);
    // A refusal tells no more back than was wrong, however much was sent.
    expect(JSON.stringify(body.errors ?? []).length).toBeLessThan(20_000);
  }
});

/** Names as long as they may be, read by the grammar of addresses with every vote and limit. */
const NAMES = [
  'a . '.repeat(24) + '@' + ' a .'.repeat(24),
  '@'.repeat(200),
  'a.@'.repeat(66),
  'a . @ . '.repeat(25),
  '('.repeat(200),
  '"'.repeat(199) + 'a',
  '<'.repeat(100) + '>'.repeat(100),
  '%25'.repeat(66),
  '(a@b)'.repeat(40),
  '"a@b" '.repeat(33),
  '\ufdfa'.repeat(200),
].map((name) => name.slice(0, 200).trim());

test('names that are slow to read stop nobody', async () => {
  target.newPerson('reader@example.com', 'finance_approver');
  const attack = async (): Promise<void> => {
    for (const requestedBy of NAMES) {
      const { status } = await target.tool('vendor_payment.create', PAYMENT, { requestedBy });
      expect({ requestedBy, ok: status < 500 }).toEqual({ requestedBy, ok: true });
      const refused = await target.anonymous('/v1/session', { email: requestedBy, password: 'x' });
      expect([400, 401, 429]).toContain(refused.status);
    }
  };
  expect((await target.during(attack)).stalled).toBe(false);
});

/** Bodies that a parser may take long for, before anything of them is checked. */
const BODIES: [string, string][] = [
  ['brackets', '['.repeat(60_000)],
  ['open objects', '{"a":'.repeat(12_000)],
  ['one key again and again', `{${'"a":1,'.repeat(10_000)}"b":1}`],
  ['many keys', JSON.stringify(many(6_000, (n) => [`k${n}`, 1]))],
  ['escapes', `{"requestText":"${'\\u0041'.repeat(10_000)}"}`],
  ['a number without end', `{"confidence":${'9'.repeat(60_000)}}`],
  ['a fraction without end', `{"confidence":0.${'3'.repeat(60_000)}}`],
  ['an exponent', '{"confidence":1e99999}'],
  ['comments', `{${'/* x */'.repeat(8_000)}}`],
  ['half a pair', '{"requestText":"\\ud800"}'],
  ['blanks', `{${' '.repeat(60_000)}}`],
  ['too much', `{"requestText":"${'x'.repeat(2_000_000)}"}`],
];

test('bodies that are made to be slow to parse are refused, and stop nobody', async () => {
  const attack = async (): Promise<void> => {
    for (const [name, raw] of BODIES) {
      const { status } = await target.call('/v1/requests', undefined, { raw });
      expect({ name, refused: status === 400 || status === 413 }).toEqual({ name, refused: true });
    }
  };
  expect((await target.during(attack)).stalled).toBe(false);
});
