import { verdictOf, type Check } from './checks';
import type { Engine } from './engine';

/** What is used of json-rules-engine. */
interface JsonRulesModule {
  Engine: new (
    rules: JsonRule[],
    options?: { allowUndefinedFacts: boolean },
  ) => {
    run(facts: Record<string, string | number>): Promise<Result>;
  };
}
interface Result {
  events: { type: string }[];
}
interface Input {
  action: Check['action'];
  facts: Record<string, string | number>;
}

interface JsonRule {
  conditions: object;
  event: { type: string };
}
interface Condition {
  fact: string;
  operator: string;
  value: unknown;
}

const when = (fact: string, operator: string, value: unknown): Condition => ({
  fact,
  operator,
  value,
});
const rule = (type: string, conditions: object): JsonRule => ({ conditions, event: { type } });

const LOW_CONFIDENCE = rule('low-confidence', { all: [when('confidence', 'lessThan', 0.8)] });
const CURRENCIES = ['USD', 'EUR', 'GBP'];

const PAYMENT = [
  rule('payment-above-10000', {
    all: [when('currency', 'in', CURRENCIES), when('cents', 'greaterThan', 1_000_000)],
  }),
  rule('payment-currency-without-threshold', { all: [when('currency', 'notIn', CURRENCIES)] }),
  rule('vendor-payments-24h', { all: [when('totalCents', 'greaterThan', 2_500_000)] }),
  rule('vendor-inactive', { all: [when('vendorStatus', 'notEqual', 'active')] }),
];
const STOCK = [
  rule('inventory-change-above-500', {
    any: [when('quantity', 'greaterThan', 500), when('quantity', 'lessThan', -500)],
  }),
];

const ofAction = (id: Check['action'], rules: JsonRule[]): JsonRule[] =>
  rules.map(({ conditions, event }) => ({
    conditions: { all: [{ ...when('action', 'equal', id), priority: 2 }, conditions] },
    event,
  }));

/**
 * @param module the package
 * @param split one engine an action, so that no rule is asked about an action that it does not
 *   name: what a careful user of this peer would do. Otherwise one engine with every rule.
 */
export function jsonRules(module: unknown, split: boolean): Engine<Input, Result | undefined> {
  const { Engine } = module as JsonRulesModule;
  const all = new Engine(
    [
      ...ofAction('vendor_payment.create', PAYMENT),
      ...ofAction('inventory.adjust', STOCK),
      LOW_CONFIDENCE,
    ],
    { allowUndefinedFacts: true },
  );
  const engines = new Map([
    ['vendor_payment.create', split ? new Engine([...PAYMENT, LOW_CONFIDENCE]) : all],
    ['inventory.adjust', split ? new Engine([...STOCK, LOW_CONFIDENCE]) : all],
  ]);
  return {
    name: `json-rules-engine, ${split ? 'one engine an action' : 'one engine'}`,
    input: ({ action, confidence, payment, quantity }) => ({
      action,
      facts: {
        action,
        confidence,
        ...(payment && {
          currency: payment.currency,
          cents: payment.cents,
          // It cannot add: the sum is made for it.
          totalCents: payment.cents + payment.usedCents,
          vendorStatus: payment.vendorStatus,
        }),
        ...(quantity === undefined ? {} : { quantity }),
      },
    }),
    decide: ({ action, facts }) => engines.get(action)?.run(facts),
    verdict: (result) =>
      verdictOf(result ? result.events.map(({ type }) => type) : ['unknown-action']),
  };
}
