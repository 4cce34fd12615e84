import type { Effect } from '../../../policy-service/src/domain/request/decision';

/** One request with everything that is known about it, in a form that every engine can be given. */
export interface Check {
  action: 'vendor_payment.create' | 'inventory.adjust' | 'vendor_payment.delete';
  requestedBy: string;
  confidence: number;
  /** Of a payment. */
  payment?: {
    vendorId: string;
    vendorStatus: 'active' | 'inactive';
    /** Minor units. */
    cents: number;
    currency: string;
    /** Minor units that other requests hold of the vendor's limit. */
    usedCents: number;
  };
  /** Of a stock change: signed, not 0. */
  quantity?: number;
}

/** What an engine makes of a check. */
export interface Verdict {
  effect: Effect;
  /** Every rule that matched, sorted. */
  rules: string[];
}

/** The seven rules: five conditions, a cumulative limit, and what the catalogue does not have. */
export const RULES = [
  'payment-above-10000',
  'payment-currency-without-threshold',
  'vendor-inactive',
  'vendor-payments-24h',
  'inventory-change-above-500',
  'low-confidence',
  'unknown-action',
] as const;

/** Rules that block; every other one asks for a person. */
export const BLOCKING: ReadonlySet<string> = new Set(['vendor-inactive', 'unknown-action']);

/** The verdict where these rules matched: forbid wins. */
export function verdictOf(rules: string[]): Verdict {
  const blocked = rules.some((rule) => BLOCKING.has(rule));
  const effect = blocked ? 'block' : rules.length > 0 ? 'require_approval' : 'allow';
  return { effect, rules: rules.sort() };
}

/** The same checks at every call: each rule matches some of them, and a good part matches none. */
export function sampleChecks(count: number): Check[] {
  const random = generator(20_250_117);
  const among = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  return Array.from({ length: count }, (_, index): Check => {
    const common = {
      requestedBy: `user-${index}@example.com`,
      confidence: among([0.97, 0.93, 0.88, 0.8, 0.55]),
    };
    const kind = random();
    if (kind < 0.04) return { ...common, action: 'vendor_payment.delete' };
    if (kind < 0.4) {
      const quantity = among([1, -1]) * (1 + Math.floor(random() * 620));
      return { ...common, action: 'inventory.adjust', quantity };
    }
    return {
      ...common,
      action: 'vendor_payment.create',
      payment: {
        vendorId: among(['V-1001', 'V-1002', 'V-1003']),
        vendorStatus: random() < 0.9 ? 'active' : 'inactive',
        cents: 1 + Math.floor(random() * 1_200_000),
        currency: among(['USD', 'EUR', 'GBP', 'USD', 'EUR', 'CHF']),
        usedCents: Math.floor(random() * 2_000_000),
      },
    };
  });
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
