import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expireDue } from '../../../policy-service/src/application/requests/expire-due';
import { composeService } from '../../../policy-service/src/compose';
import { readConfig } from '../../../policy-service/src/config';
import { TestService, type Answer, type Body } from '../harness';
import { ownBundle } from './own-bundle';

const limit = (more: string): string => `
limits:
  - id: cap
    actions: [vendor_payment.create]
    key: [arguments.vendor_id, arguments.currency]
    sum: arguments.amount
    window: 24h
    max: '25000'
    effect: block
    message: Too much for one vendor.
${more}`;

const RULES = limit(`
  - id: moves
    actions: [inventory.adjust]
    key: [arguments.sku]
    window: 1h
    max: '1'
    effect: block
    message: One change of an item an hour.

  - id: writes-of-a-person
    actions: [ticket.route, crm.contact.update]
    key: [subject.requestedBy]
    window: 1h
    max: '3'
    effect: block
    message: Three changes an hour for one person.

  - id: per-action-and-token
    actions: [vendor.read, inventory.read]
    key: [action.id, subject.tokenId]
    window: 1h
    max: '1'
    effect: block
    message: Once an hour.

rules:
  - id: asked
    actions: [vendor_payment.create]
    when: has(arguments.memo) && arguments.memo == "ask"
    effect: require_approval
    message: Asked for.
    approval: { stages: [{ role: finance, count: 1 }], expiresIn: 1h }
`);

let service: TestService;
beforeAll(async () => {
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: ownBundle(RULES) });
  await service.newPerson('fin@example.com', ['finance']);
});
afterAll(() => service.stop());

const pay = (amount: string, more: object = {}): Promise<Answer> =>
  service.tool('vendor_payment.create', { vendor_id: 'V-1003', amount, currency: 'USD', ...more });

/** What is held of a limit: currency units of a sum, requests of a count. */
async function held(limitId: string, key: string[]): Promise<number> {
  const { store } = service.service.deps;
  const units = await store.limitUsed(limitId, JSON.stringify(key), '1970', 'none');
  return Number(units) / (limitId === 'cap' ? 10_000 : 1);
}

const effects = (answers: Answer[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { body } of answers) {
    counts[body.decision.effect] = (counts[body.decision.effect] ?? 0) + 1;
  }
  return counts;
};

describe('fifty concurrent payments of 9,999 to one vendor do not pass 25,000', () => {
  test('through one service', async () => {
    const key = ['V-1003', 'USD'];
    const answers = await Promise.all(Array.from({ length: 50 }, () => pay('9999.00')));
    expect(effects(answers)).toEqual({ allow: 2, block: 48 });
    expect(await held('cap', key)).toBe(19_998);
    const blocked = answers.find(({ body }) => body.decision.effect === 'block');
    expect(blocked?.body.decision.reasons).toEqual([
      { ruleId: 'cap', message: 'Too much for one vendor.' },
    ]);
    expect((await pay('5002.01')).body.decision.effect).toBe('block');
    expect((await pay('5002.00')).body.decision.effect).toBe('allow');
  });

  test('through two services on one data directory', async () => {
    const second = createServer();
    await new Promise<void>((resolve) => second.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(second.address() as AddressInfo).port}`;
    const settings = {
      EXECUTION_LAYER_DATA_DIR: service.dataDir,
      EXECUTION_LAYER_PUBLIC_URL: url,
      EXECUTION_LAYER_MOCK_ERP_URL: service.erpUrl,
      EXECUTION_LAYER_LOG_LEVEL: 'silent',
    };
    const other = await composeService(readConfig(settings), settings);
    second.on('request', other.app);
    try {
      const body = {
        requestedBy: 'ana@example.com',
        arguments: { vendor_id: 'V-1001', amount: '9999.00', currency: 'EUR' },
      };
      const post = (base: string, index: number): Promise<Response> =>
        fetch(`${base}/v1/tools/vendor_payment.create`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${service.token}`,
            'content-type': 'application/json',
            'idempotency-key': `two-${index}`,
          },
          body: JSON.stringify(body),
        });
      const through = async (base: string, index: number): Promise<Answer> => {
        // A connection that was idle may just have been closed: the same key makes a repeat safe.
        const answer = await post(base, index).catch(() => post(base, index));
        const { status, headers } = answer;
        return { status, headers, body: (await answer.json()) as Body };
      };
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) => through(index % 2 ? url : service.url, index)),
      );
      expect(effects(answers)).toEqual({ allow: 2, block: 48 });
      expect(await held('cap', ['V-1001', 'EUR'])).toBe(19_998);
    } finally {
      second.closeAllConnections();
      await new Promise((resolve) => second.close(resolve));
      await other.close();
    }
  });
});

describe('a share is given back on every way out that writes nothing', () => {
  // Each test has a currency, and with it a key, of its own.
  const open = async (currency: string, memo?: string): Promise<Body> => {
    const { body } = await pay('20000.00', { currency, ...(memo ? { memo } : {}) });
    expect(await held('cap', ['V-1003', currency])).toBe(memo ? 0 : 20_000);
    return body;
  };
  const approved = async (currency: string): Promise<Body> => {
    const body = await open(currency, 'ask');
    await service.vote('fin@example.com', body.approval.id, 'approve');
    expect(await held('cap', ['V-1003', currency])).toBe(20_000);
    return body;
  };
  const expectFree = async (currency: string): Promise<void> => {
    expect(await held('cap', ['V-1003', currency])).toBe(0);
    expect((await pay('25000.00', { currency })).body.decision.effect).toBe('allow');
  };

  test('cancelled', async () => {
    const { id } = await open('AUD');
    await service.call(`/v1/requests/${id}/cancel`, {});
    await expectFree('AUD');
  });

  test('cancelled after the approval', async () => {
    const { id } = await approved('BRL');
    await service.call(`/v1/requests/${id}/cancel`, {});
    await expectFree('BRL');
  });

  test('rejected: what waits for approval holds nothing', async () => {
    const { approval } = await open('CAD', 'ask');
    await service.vote('fin@example.com', approval.id, 'reject');
    await expectFree('CAD');
  });

  test.each([
    ['allowed', 'CHF', open],
    ['approved', 'CNY', approved],
  ])('expired while %s', async (_state, currency, begin) => {
    const { id } = await begin(currency);
    const past = new Date(Date.now() - 1000).toISOString();
    await service.tamper(id, (request) => {
      request.deadline = past;
    });
    await expireDue(service.service.deps);
    expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('expired');
    await expectFree(currency);
  });

  test('blocked when the rules are asked again at execution', async () => {
    const { id } = await open('CZK');
    await service.tamper(id, (request) => {
      request.arguments = { ...request.arguments, amount: '1.00' };
    });
    await service.execute(id);
    expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('blocked');
    await expectFree('CZK');
  });

  test('superseded when the content changed after the approval', async () => {
    const { id } = await approved('DKK');
    await service.tamper(id, (request) => {
      request.arguments = { ...request.arguments, amount: '1.00' };
    });
    await service.execute(id);
    expect((await service.call(`/v1/requests/${id}`)).body.state).toBe('superseded');
    await expectFree('DKK');
  });

  test('failed: the ERP refused and holds nothing', async () => {
    const remove = { sku: 'SKU-1001', quantity: -400, warehouse_id: 'WH-01' };
    const answer = await service.tool('inventory.adjust', remove, { execute: true });
    expect(answer.body.state).toBe('failed');
    expect(await held('moves', ['SKU-1001'])).toBe(0);
    const add = { ...remove, quantity: 1 };
    const again = await service.tool('inventory.adjust', add, { execute: true });
    expect(again.body.state).toBe('executed');
    expect(await held('moves', ['SKU-1001'])).toBe(1);
  });

  test('executed: it goes on counting', async () => {
    const first = await pay('20000.00', { currency: 'GBP' });
    expect((await service.execute(first.body.id)).body.state).toBe('executed');
    expect(await held('cap', ['V-1003', 'GBP'])).toBe(20_000);
    expect((await pay('5000.01', { currency: 'GBP' })).body.decision.effect).toBe('block');
  });
});

test('one person is counted across actions, however the name is written', async () => {
  const route = (requestedBy: string): Promise<Answer> =>
    service.tool('ticket.route', { ticket_id: 'T-3001', queue: 'sales' }, { requestedBy });
  expect((await route('Bo@Example.com')).body.decision.effect).toBe('allow');
  expect((await route(' bo@example.com ')).body.decision.effect).toBe('allow');
  expect((await route('bo@example.com')).body.decision.effect).toBe('allow');
  expect((await route('BO@EXAMPLE.COM')).body.decision.effect).toBe('block');
  const change = { contact_id: 'C-2001', field: 'phone', value: '+4912345' };
  const other = await service.tool('crm.contact.update', change, { requestedBy: 'bo@example.com' });
  expect(other.body.decision).toMatchObject({
    effect: 'block',
    reasons: [{ ruleId: 'stage-approve' }, { ruleId: 'writes-of-a-person' }],
  });
  expect((await route('cy@example.com')).body.decision.effect).toBe('allow');
});

test('an action and a token are counted apart', async () => {
  const read = (token?: string): Promise<Answer> =>
    service.call(
      '/v1/tools/vendor.read',
      { requestedBy: 'ana@example.com', arguments: { vendor_id: 'V-1001' } },
      { token },
    );
  expect((await read()).body.decision.effect).toBe('allow');
  expect((await read()).body.decision.effect).toBe('block');
  expect((await read(await service.newToken())).body.decision.effect).toBe('allow');
  const item = await service.tool('inventory.read', { sku: 'SKU-1001' });
  expect(item.body.decision.effect).toBe('allow');
});
