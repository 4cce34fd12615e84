import { FAULT_KINDS, type Fault } from '../../policy-service/src/mock-erp/faults';
import { Seeded } from './seeded';

/**
 * The schedule is a pure function of the seed: the n-th kill, the faults that the ERP shows before
 * it, and the n-th operation are the same in every run. How far each operation has come when a kill
 * arrives is not: that is up to the machine.
 */

export interface KillPlan {
  /** Service processes that share the data directory. */
  processes: 1 | 2;
  /** starting: after the process was started; recovering, working: after it listens. */
  moment: 'starting' | 'recovering' | 'working';
  afterMs: number;
  victims: 'newest' | 'oldest' | 'all';
  /** What the ERP does with the writes up to this kill; a `delay` of 0 ms is a good answer. */
  faults: Fault[];
}

const UP_TO_MS = { starting: 900, recovering: 300, working: 1_200 };
const FAULT_ENTRIES = 12;
const LONGEST_DELAY_MS = 1_200;

export function killPlan(seed: number, n: number): KillPlan {
  const random = new Seeded(seed, `kill ${n}`);
  // Soon after the one before: the process that was to recover dies as well.
  const quick = random.chance(0.12);
  const moment = quick
    ? 'starting'
    : random.weighted({ working: 60, recovering: 20, starting: 20 });
  return {
    processes: random.chance(0.5) ? 2 : 1,
    moment,
    afterMs: random.whole(0, quick ? 60 : UP_TO_MS[moment]),
    victims: random.weighted({ oldest: 50, newest: 30, all: 20 }),
    faults: Array.from({ length: FAULT_ENTRIES }, () => faultOf(random)),
  };
}

function faultOf(random: Seeded): Fault {
  if (random.chance(0.5)) return { kind: 'delay', count: random.whole(1, 4), delayMs: 0 };
  const kind = random.pick(FAULT_KINDS);
  const delayed = kind === 'delay' || random.chance(0.2);
  return { kind, count: 1, delayMs: delayed ? random.whole(50, LONGEST_DELAY_MS) : 0 };
}

/** What a client asks for, by catalogue id, and how often. */
const ACTIONS = {
  'inventory.adjust': 16,
  'vendor_payment.create': 10,
  'pay.search': 12,
  'pay.unique': 12,
  'pay.once': 10,
  'pay.twice': 6,
  'pay.twin': 8,
  'goods.receive': 8,
  'portal.order': 6,
  'customer.notify': 5,
  'crm.contact.update': 4,
  'ticket.route': 4,
  'inventory.read': 3,
};
export type ActionId = keyof typeof ACTIONS;

export interface Operation {
  n: number;
  action: ActionId;
  arguments: Record<string, string | number>;
  /** Proposed, decided and executed by one call instead of four. */
  inOneCall: boolean;
  /** A call that got no answer is not repeated: only recovery can finish it. */
  givesUp: boolean;
  /** Undone once it is executed. */
  undone: boolean;
  /** What the person answers where one is asked. */
  vote: 'approve' | 'reject';
  /** Calls are repeated with their keys later: at the end of the operation, and at comparisons. */
  repeated: boolean;
  /** An event of its own on the timeline, whose sequence and leaf hash are kept. */
  event: boolean;
  /** The timeline is read, and its leaf hashes are kept. */
  timeline: boolean;
  /** What the holder of a permit does. */
  report: 'executed' | 'failed' | 'unknown';
  /** Before the operation. */
  pauseMs: number;
}

export function operation(seed: number, n: number): Operation {
  const random = new Seeded(seed, `operation ${n}`);
  const action = random.weighted(ACTIONS);
  return {
    n,
    action,
    arguments: action === 'pay.twin' ? twinArguments(n) : argumentsOf(action, random, n),
    inOneCall: random.chance(0.5),
    givesUp: random.chance(0.25),
    // What was undone may be paid again, so it would hide a twin.
    undone: random.chance(0.3) && action !== 'pay.twin',
    vote: random.chance(0.9) ? 'approve' : 'reject',
    repeated: random.chance(0.3),
    event: random.chance(0.2),
    timeline: random.chance(0.3),
    report: random.weighted({ executed: 7, failed: 2, unknown: 1 }),
    pauseMs: random.whole(0, 400),
  };
}

/** Operations that share these follow each other closely, so that several wait at once. */
const TWINS_WITHIN = 50;

function twinArguments(n: number): Record<string, string> {
  const amount = `${100 + Math.floor(n / TWINS_WITHIN)}.00`;
  return { vendor_id: 'V-1001', amount, currency: 'USD' };
}

function argumentsOf(
  action: Exclude<ActionId, 'pay.twin'>,
  random: Seeded,
  n: number,
): Record<string, string | number> {
  const payment = {
    vendor_id: random.pick(['V-1001', 'V-1003']),
    amount: `${random.whole(1, 2)}.${random.whole(10, 99)}`,
    currency: random.pick(['USD', 'EUR', 'GBP']),
  };
  const stock = {
    sku: random.pick(['SKU-1001', 'SKU-1002']),
    // Sometimes more is taken than there is: the ERP refuses.
    quantity: random.chance(0.1) ? -400 : random.pick([1, 2, 3, -1, -2]),
    warehouse_id: random.pick(['WH-01', 'WH-02']),
  };
  switch (action) {
    case 'inventory.adjust':
      return stock;
    case 'inventory.read':
      return { sku: stock.sku };
    case 'vendor_payment.create':
      // The shipped rules hold back what is paid twice; twins are the business of pay.twin.
      return { ...payment, amount: ((110 + n) / 100).toFixed(2) };
    case 'pay.search':
    case 'pay.unique':
    case 'pay.once':
    case 'pay.twice':
      return payment;
    case 'goods.receive':
      // The second step fails for an inactive vendor, and the first one is taken back.
      return { ...stock, ...payment, ...(random.chance(0.4) ? { vendor_id: 'V-1002' } : {}) };
    case 'portal.order':
      return { item: 'paper', pieces: random.whole(1, 9) };
    case 'customer.notify':
      return { customer_id: random.pick(['CU-4001', 'CU-4002']), template: 'order_shipped' };
    case 'crm.contact.update':
      return { contact_id: 'C-2001', field: 'owner', value: random.pick(['sales', 'service']) };
    case 'ticket.route':
      return { ticket_id: 'T-3001', queue: random.pick(['billing', 'technical', 'sales']) };
  }
}
