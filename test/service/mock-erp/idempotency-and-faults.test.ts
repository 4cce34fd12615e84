import { TestErp } from './erp-client';

const DAY_MS = 24 * 60 * 60 * 1000;
const payment = { vendor_id: 'V-1001', amount: '2500.00', currency: 'USD' };
let erp: TestErp;
let now = new Date('2026-01-01T00:00:00.000Z');

beforeAll(async () => {
  erp = await TestErp.start({ now: () => now });
});
afterAll(() => erp.stop());
beforeEach(() => erp.call('POST', '/reset'));

/** Sends a payment and tells the raw status and text, or that the connection broke. */
async function pay(key: string): Promise<{ status?: number; text?: string }> {
  let status: number | undefined;
  try {
    const response = await fetch(`${erp.url}/payments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(payment),
    });
    status = response.status;
    return { status, text: await response.text() };
  } catch {
    return { status };
  }
}

describe('Idempotency-Key', () => {
  it('answers the same key and payload with the first answer, whatever the order of members', async () => {
    const first = await erp.call('POST', '/payments', payment, 'k1');
    const { vendor_id, ...rest } = payment;
    const second = await erp.call('POST', '/payments', { ...rest, vendor_id }, 'k1');
    expect(second).toMatchObject({ status: first.status, body: first.body });
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(await erp.records('payments')).toHaveLength(1);
  });

  it('refuses the same key for another payload or another path', async () => {
    await erp.call('POST', '/payments', payment, 'k1');
    for (const reply of [
      await erp.call('POST', '/payments', { ...payment, amount: '2500.01' }, 'k1'),
      await erp.call('POST', '/payments/PAY-000001/reverse', {}, 'k1'),
    ]) {
      expect(reply.status).toBe(422);
      expect(reply.body.error.code).toBe('idempotency_key_reused');
    }
    expect(await erp.records('payments')).toHaveLength(1);
  });

  it('books twice without a key', async () => {
    await erp.call('POST', '/payments', payment);
    await erp.call('POST', '/payments', payment);
    expect(await erp.records('payments')).toHaveLength(2);
  });

  it('does not remember a refusal', async () => {
    const body = { sku: 'SKU-1001', quantity: -5, warehouse_id: 'WH-02' };
    expect((await erp.call('POST', '/stock-movements', body, 'k1')).status).toBe(422);
    await erp.call('POST', '/stock-movements', { ...body, quantity: 5 });
    expect((await erp.call('POST', '/stock-movements', body, 'k1')).status).toBe(201);
  });

  it('forgets a key after seven days and not before', async () => {
    const start = now;
    await erp.call('POST', '/payments', payment, 'k1');
    now = new Date(start.getTime() + 7 * DAY_MS - 1);
    await erp.call('POST', '/payments', payment, 'k1');
    expect(await erp.records('payments')).toHaveLength(1);
    now = new Date(start.getTime() + 7 * DAY_MS);
    await erp.call('POST', '/payments', payment, 'k1');
    expect(await erp.records('payments')).toHaveLength(2);
  });

  it('books once for many calls at the same time', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => pay('k1')));
    expect(new Set(replies.map((reply) => reply.text)).size).toBe(1);
    expect(await erp.records('payments')).toHaveLength(1);
  });
});

describe('faults', () => {
  it.each([
    ['drop_before_commit', undefined, 0],
    ['drop_after_commit', undefined, 1],
    ['status_429', 429, 0],
    ['status_500_committed', 500, 1],
    ['truncated_answer', 201, 1],
    ['duplicate_answer', 201, 1],
    ['poisonous_answer', 201, 1],
  ])('%s: status %s, %i booked, and one document after a repeat', async (kind, status, booked) => {
    await erp.fault(kind);
    const reply = await pay('k1');
    expect(reply.status).toBe(status);
    if (kind === 'truncated_answer') expect(reply.text).toBeUndefined();
    expect(await erp.records('payments')).toHaveLength(booked);
    expect((await pay('k1')).status).toBe(201);
    expect(await erp.records('payments')).toHaveLength(1);
  });

  it('duplicate_answer sends the whole body twice', async () => {
    await erp.fault('duplicate_answer');
    const { text = '' } = await pay('k1');
    const half = text.slice(0, text.length / 2);
    expect(text).toBe(half + half);
    expect(JSON.parse(half).number).toBe('PAY-000001');
  });

  it('delay books even when the caller has left', async () => {
    await erp.fault('delay', 1, 60_000);
    const controller = new AbortController();
    const left = fetch(`${erp.url}/payments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'k1' },
      body: JSON.stringify(payment),
      signal: controller.signal,
    });
    const gone = expect(left).rejects.toThrow();
    await erp.tookAllFaults();
    controller.abort();
    await gone;
    expect(await erp.records('payments')).toHaveLength(0);
    await erp.call('DELETE', '/faults');
    expect(await erp.records('payments')).toHaveLength(1);
  });

  it('a refused write keeps its honest answer under status_500_committed', async () => {
    await erp.fault('status_500_committed');
    expect((await erp.call('POST', '/payments', { ...payment, vendor_id: 'V-9999' })).status).toBe(
      422,
    );
  });

  it('are used up one write at a time, in order, and never by reads', async () => {
    await erp.fault('status_429', 2);
    await erp.fault('status_500_committed');
    await erp.records('payments');
    expect((await erp.call('GET', '/faults')).body).toEqual([
      { kind: 'status_429', count: 2, delayMs: 0 },
      { kind: 'status_500_committed', count: 1, delayMs: 0 },
    ]);
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await pay(`k${i}`)).status);
    expect(statuses).toEqual([429, 429, 500, 201]);
  });

  it('can be cleared', async () => {
    await erp.fault('status_429', 5);
    expect((await erp.call('DELETE', '/faults')).status).toBe(204);
    expect((await erp.call('GET', '/faults')).body).toEqual([]);
    expect((await pay('k1')).status).toBe(201);
  });

  it.each([
    [{ kind: 'explode' }],
    [{ kind: 'delay', count: 0 }],
    [{ kind: 'delay', delayMs: -1 }],
    [{}],
  ])('are refused when they make no sense: %j', async (body) => {
    expect((await erp.call('POST', '/faults', body)).status).toBe(422);
    expect((await erp.call('GET', '/faults')).body).toEqual([]);
  });
});
