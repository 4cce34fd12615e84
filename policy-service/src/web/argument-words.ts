import type { LimitUse } from '../domain/request/decision';
import type { FactRecord } from '../domain/request/facts';
import type { Json, JsonObject } from '../domain/request/request';
import { grouped, label, visible } from './words';

/** One canonical argument as people read it. */
export interface ArgumentView {
  name: string;
  label: string;
  value: string;
  /** Name of the record that the argument refers to, as the ERP tells it. */
  recordName?: string;
}

const SHORT = 40;

/** A JSON value as text: strings as they are, with unseen characters made visible. */
export function plain(value: Json): string {
  return visible(typeof value === 'string' ? value : JSON.stringify(value));
}

function recordName(name: string, value: Json, facts: Record<string, FactRecord>) {
  for (const [factName, fact] of Object.entries(facts)) {
    const refers = fact.value[name] === value || factName === name;
    if (refers && typeof fact.value.name === 'string') return visible(fact.value.name);
  }
  return undefined;
}

/** Every argument in its canonical order, with the names of the records that it refers to. */
export function argumentViews(args: JsonObject, facts: Record<string, FactRecord>): ArgumentView[] {
  return Object.entries(args).map(([name, value]) => ({
    name: visible(name),
    label: label(name),
    value: name === 'amount' && typeof value === 'string' ? grouped(value) : plain(value),
    recordName: recordName(name, value, facts),
  }));
}

/**
 * The arguments in one line, for example `Acme Supplies (V-1001), 12,500.00 USD`. Long free texts
 * are left to the full list, which every page that asks for a decision shows as well.
 */
export function inWords(args: JsonObject, facts: Record<string, FactRecord>): string {
  const money = moneyOf(args);
  return argumentViews(args, facts)
    .flatMap((view) => {
      if (view.name === 'currency' && money !== undefined) return [];
      if (view.name === 'amount' && money !== undefined) return [money];
      if (view.recordName !== undefined) return [`${view.recordName} (${view.value})`];
      if (view.value.length > SHORT) return [];
      return [
        typeof args[view.name] === 'number'
          ? `${view.label.toLowerCase()} ${view.value}`
          : view.value,
      ];
    })
    .join(', ');
}

/** `12,500.00 USD`, or undefined when the action carries no amount with a currency. */
export function moneyOf(args: JsonObject): string | undefined {
  const { amount, currency } = args;
  return typeof amount === 'string' && typeof currency === 'string'
    ? `${grouped(amount)} ${visible(currency)}`
    : undefined;
}

/** A figure of a limit: `12,500.00 USD` for an amount, `3` for a count. */
export function limitNumber(value: string, unit: LimitUse['unit'], args: JsonObject): string {
  const { currency } = args;
  return unit === 'amount' && typeof currency === 'string'
    ? `${grouped(value)} ${visible(currency)}`
    : grouped(value);
}
