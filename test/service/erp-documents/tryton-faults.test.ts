import type { Connector } from '../../../policy-service/src/application/ports';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { connectorTo, CONTEXT, inputOf, SECRET } from './connectors';
import { undoOf } from '../../support/undo-of';
import { FakeTryton } from './fake-tryton';

const PAYMENT = 'model.account.payment';
const PROCESS = 'wizard.account.payment.process.execute';
const pay = inputOf('payment_create', { vendor_id: 'V-1001', amount: '12.50', currency: 'USD' });

let tryton: FakeTryton;
let connector: Connector;
let logged: unknown[];
beforeEach(async () => {
  tryton = await FakeTryton.start();
  ({ connector, logged } = connectorTo('tryton', tryton.url));
});
afterEach(() => tryton.stop());

const perform = () => connector.perform(pay, CONTEXT);
const states = () => tryton.payments.map(({ state }) => state);
const nothing = () => ({ result: null });

test('the whole way, with each state read back and each call recorded without the secret', async () => {
  const result = await perform();
  expect(result).toMatchObject({ outcome: 'done', erpReference: '1' });
  expect(states()).toEqual(['succeeded']);
  const calls = result.attempts.map(({ request }) => String(request['call']));
  expect(calls.filter((call) => !/search_read|get_preferences|fields_get/.test(call))).toEqual([
    'account.payment.create',
    'account.payment.approve',
    'wizard.account.payment.process.create',
    'wizard.account.payment.process.execute',
    'wizard.account.payment.process.delete',
    'account.payment.succeed',
  ]);
  expect(JSON.stringify(result)).not.toContain(SECRET);
  expect(result.attempts.map(({ number }) => number)).toEqual(result.attempts.map((_, i) => i + 1));
});

test('a Tryton that answers another record than the one asked for: no fact, and nothing is paid', async () => {
  const other = inputOf('payment_create', {
    ...pay.arguments,
    vendor_id: 'V-1002',
  });
  await expect(connector.lookup('vendor', { vendor_id: 'V-1002' }, CONTEXT)).rejects.toMatchObject({
    remedy: 'mend',
    message: expect.stringMatching(/another record/),
  });
  expect(await connector.perform(other, CONTEXT)).toMatchObject({ outcome: 'refused' });
  expect(tryton.payments).toEqual([]);
});

test('from 6.4 on a payment is submitted before it is approved', async () => {
  tryton.submits = true;
  expect(await perform()).toMatchObject({ outcome: 'done' });
  expect(tryton.count(`${PAYMENT}.submit`)).toBe(1);
  expect(states()).toEqual(['succeeded']);
});

test('a submitted one that is not approved is taken away again', async () => {
  tryton.submits = true;
  tryton.on(`${PAYMENT}.approve`, nothing);
  expect(await perform()).toMatchObject({ outcome: 'refused' });
  expect(states()).toEqual([]);
});

describe('a payment that is taken back', () => {
  const undo = (values: JsonObject) =>
    connector.perform(undoOf(pay, 'payment_reverse', '1', values), CONTEXT);

  test('one that was taken back already is taken back', async () => {
    expect(await undo({ erp_reference: '1' })).toMatchObject({ outcome: 'done' });
  });

  test('a reference that is no number of a payment is refused, not called taken back', async () => {
    await perform();
    for (const reference of ['payment 1', 'NaN', '1.5', '0']) {
      expect(await undo({ erp_reference: reference })).toMatchObject({ outcome: 'refused' });
    }
    expect(states()).toEqual(['succeeded']);
  });

  test('another payment under this number is left alone', async () => {
    await perform();
    expect(await undo({ erp_reference: '1', amount: '99.00' })).toMatchObject({
      outcome: 'refused',
      message: expect.stringMatching(/pays something else/),
    });
    expect(states()).toEqual(['succeeded']);
  });
});

test('a payment of another request is never taken back, whatever number it has', async () => {
  await perform();
  tryton.payments[0]!.description = 'req_9/step';
  const result = await connector.perform(undoOf(pay, 'payment_reverse', '1'), CONTEXT);
  expect(result).toMatchObject({
    outcome: 'refused',
    message: expect.stringContaining('does not carry the reference'),
  });
  expect(states()).toEqual(['succeeded']);
});

test.each(['fail', 'draft', 'delete'])(
  'taken back without an answer to "%s", and down since: unknown',
  async (method) => {
    await perform();
    if (method !== 'fail') tryton.payments[0]!.state = 'approved';
    tryton.on(`${PAYMENT}.${method}`, () => 'cut after the write');
    tryton.on(`${PAYMENT}.search_read`, () =>
      tryton.count(`${PAYMENT}.${method}`) > 0 ? 'cut' : undefined,
    );
    expect(await connector.perform(undoOf(pay, 'payment_reverse', '1'), CONTEXT)).toMatchObject({
      outcome: 'unknown',
      message: expect.not.stringContaining('Nothing was written'),
    });
  },
);

describe('buttons that do nothing', () => {
  test('a payment that does not move is taken away again and refused', async () => {
    tryton.on(`${PAYMENT}.approve`, nothing);
    const result = await perform();
    expect(result).toMatchObject({ outcome: 'refused' });
    expect(result).toHaveProperty('message', expect.stringContaining('stayed draft'));
    expect(states()).toEqual([]);
  });

  test('one that can neither move nor be taken away is unknown, and the sentence names it', async () => {
    tryton.on(`${PAYMENT}.approve`, nothing);
    tryton.on(`${PAYMENT}.delete`, nothing);
    const result = await perform();
    expect(result).toMatchObject({ outcome: 'unknown' });
    expect(result).toHaveProperty('message', expect.stringContaining('internal id 1'));
  });

  test('a slow one is pressed again', async () => {
    tryton.on(`${PAYMENT}.approve`, (_params, times) => (times < 3 ? nothing() : undefined));
    expect(await perform()).toMatchObject({ outcome: 'done' });
  });

  test('a wizard that made no group', async () => {
    tryton.on(PROCESS, () => ({ result: { actions: [[{}, { res_id: [] }]] } }));
    expect(await perform()).toMatchObject({ outcome: 'refused' });
    expect(states()).toEqual([]);
  });

  test('a reverse that does nothing is not called done', async () => {
    await perform();
    tryton.on(`${PAYMENT}.fail`, nothing);
    const undo = undoOf(pay, 'payment_reverse', '1');
    expect(await connector.perform(undo, CONTEXT)).toMatchObject({ outcome: 'refused' });
    expect(states()).toEqual(['succeeded']);
  });
});

describe('processing', () => {
  test('a payment that ended in a group of somebody else is for a person', async () => {
    tryton.on(PROCESS, () => {
      for (const payment of tryton.payments)
        Object.assign(payment, { state: 'processing', group: 9 });
      return { result: { actions: [[{}, { res_id: [8] }]] } };
    });
    const result = await perform();
    expect(result).toMatchObject({ outcome: 'unknown' });
    expect(result).toHaveProperty('message', expect.stringContaining('processed twice'));
  });

  test('it is never asked for twice when its answer was lost and it did not happen', async () => {
    tryton.on(PROCESS, () => 'cut');
    expect(await perform()).toMatchObject({ outcome: 'unknown' });
    expect(tryton.count(PROCESS)).toBe(1);
    expect(states()).toEqual(['approved']);
  });
});

describe('lost and broken answers', () => {
  test.each(['create', 'approve', 'succeed'])(
    '%s was written: found and gone on',
    async (method) => {
      tryton.on(`${PAYMENT}.${method}`, (_params, times) =>
        times === 1 ? 'cut after the write' : undefined,
      );
      expect(await perform()).toMatchObject({ outcome: 'done' });
      expect(states()).toEqual(['succeeded']);
      expect(tryton.count(`${PAYMENT}.create`)).toBe(1);
    },
  );

  test.each<[string, () => 'cut' | { status: number; body: string }]>([
    ['cut', () => 'cut'],
    ['status 502', () => ({ status: 502, body: '<html>' })],
    ['status 500', () => ({ status: 500, body: '' })],
    ['half an answer', () => ({ status: 200, body: '{"id": 1, "resu' })],
    ['an answer that says nothing', () => ({ status: 200, body: '{"id": 1}' })],
  ])('create was not written (%s): unknown, and never sent again', async (_what, fault) => {
    tryton.on(`${PAYMENT}.create`, fault);
    expect(await perform()).toMatchObject({ outcome: 'unknown' });
    expect(tryton.count(`${PAYMENT}.create`)).toBe(1);
  });

  test('a payment that shows only at the second look is found', async () => {
    tryton.on(`${PAYMENT}.create`, () => 'cut after the write');
    tryton.on(`${PAYMENT}.search_read`, (_params, times) =>
      times < 3 ? { result: [] } : undefined,
    );
    expect(await perform()).toMatchObject({ outcome: 'done' });
    expect(tryton.payments).toHaveLength(1);
  });

  test('a payment that is written only after its answer was lost is waited for', async () => {
    let write = (): unknown => undefined;
    tryton.on(`${PAYMENT}.create`, (params) => {
      write = () => tryton.answer(`${PAYMENT}.create`, params);
      return 'cut';
    });
    // It was not there before the write, and not yet at the first look after it.
    tryton.on(`${PAYMENT}.search_read`, (_params, times) => {
      if (times === 3) write();
      return undefined;
    });
    expect(await perform()).toMatchObject({ outcome: 'done' });
    expect(tryton.payments).toHaveLength(1);
  });

  test('two payments under one reference are for a person, and none of them is touched', async () => {
    await perform();
    const [first] = tryton.payments;
    tryton.payments.push({ ...(first as (typeof tryton.payments)[0]), id: 2, state: 'draft' });
    expect(await perform()).toMatchObject({ outcome: 'unknown' });
    expect(states()).toEqual(['succeeded', 'draft']);
    expect(await connector.find?.(pay, CONTEXT)).toMatchObject({ found: 'partial' });
  });

  test('a read that cannot be had after the write leaves it unknown', async () => {
    tryton.on(`${PAYMENT}.approve`, () => {
      tryton.on(`${PAYMENT}.search_read`, () => 'cut');
      return undefined;
    });
    expect(await perform()).toMatchObject({ outcome: 'unknown' });
  });

  test('a read that cannot be had before the write: nothing was written', async () => {
    tryton.on(`${PAYMENT}.search_read`, () => ({ status: 503, body: '' }));
    expect(await perform()).toMatchObject({ outcome: 'refused' });
    expect(tryton.count(`${PAYMENT}.create`)).toBe(0);
    await expect(connector.find?.(pay, CONTEXT)).rejects.toThrow('Tryton cannot be asked');
  });
});

describe('refusals', () => {
  test.each([
    ['a rule of Tryton', ['UserError', ['The amount is too high.', '', null]], 'too high'],
    ['a warning', ['UserWarning', ['name', 'Really?', '']], 'Really?'],
    ['a wrong call', ["'nope'", ''], 'could not carry'],
  ])('%s', async (_what, error, sentence) => {
    tryton.on(`${PAYMENT}.create`, () => ({ error }));
    const result = await perform();
    expect(result).toMatchObject({ outcome: 'refused' });
    expect(result).toHaveProperty('message', expect.stringContaining(sentence));
  });

  test('a locked database took nothing up, so the call is made again', async () => {
    tryton.on(`${PAYMENT}.create`, (_params, times) =>
      times === 1 ? { error: ['database is locked', ''] } : undefined,
    );
    expect(await perform()).toMatchObject({ outcome: 'done' });
    expect(tryton.payments).toHaveLength(1);
  });
});

describe('the session', () => {
  const login = 'common.db.login';
  const lookup = () => connector.lookup('vendor', { vendor_id: 'V-1001' }, CONTEXT);

  test('many calls at once sign in once', async () => {
    await Promise.all(Array.from({ length: 8 }, lookup));
    expect(tryton.count(login)).toBe(1);
  });

  test('a stale one is begun anew and the call made again, a write too', async () => {
    await perform();
    tryton.payments = [];
    const before = tryton.count(`${PAYMENT}.create`);
    tryton.on(`${PAYMENT}.create`, (_params, times) =>
      times === before + 1 ? { status: 401 } : undefined,
    );
    expect(await perform()).toMatchObject({ outcome: 'done' });
    expect(tryton.count(login)).toBe(2);
    expect(tryton.payments).toHaveLength(1);
  });

  test('a ping after a long pause is answered too', async () => {
    tryton.on('model.res.user.get_preferences', (_params, times) =>
      times === 2 ? { status: 401 } : undefined,
    );
    expect([await connector.ping(), await connector.ping()]).toEqual([true, true]);
    expect(tryton.count(login)).toBe(2);
  });

  test('a server that never accepts a session is not asked for ever', async () => {
    tryton.on('model.res.user.get_preferences', () => ({ status: 401 }));
    await expect(lookup()).rejects.toThrow('Tryton cannot be asked');
    expect(tryton.count(login)).toBeLessThan(10);
  });

  test('a wrong password is tried once, and then not again for a while', async () => {
    tryton.on(login, () => ({ status: 401 }));
    await expect(lookup()).rejects.toThrow('does not accept the login');
    await expect(lookup()).rejects.toThrow('does not accept the login');
    expect(await connector.ping()).toBe(false);
    expect(tryton.count(login)).toBe(1);
    expect(JSON.stringify(logged)).not.toContain(SECRET);
  });

  test('429 is waited out', async () => {
    tryton.on(login, (_params, times) => (times === 1 ? { status: 429 } : undefined));
    expect(await lookup()).toMatchObject({ found: true });
    expect(tryton.count(login)).toBe(2);
  });
});
