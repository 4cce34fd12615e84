import type { Bundle } from '../../domain/decision/bundle';
import { Decimal } from '../../domain/money';
import type { GovernedRequest } from '../../domain/request/request';

/** An amount as people read it: decimal string in the currency's unit. */
export interface Money {
  currency: string;
  amount: string;
}

/** The money that a request is about; undefined where the action has none. */
export function moneyOf(bundle: Bundle, request: GovernedRequest): Money | undefined {
  const money = request.intent?.action ? bundle.action(request.intent.action)?.money : undefined;
  const amount = money && request.arguments?.[money.amount];
  const currency = money && request.arguments?.[money.currency];
  return typeof amount === 'string' && typeof currency === 'string'
    ? { amount, currency }
    : undefined;
}

/** Sums of money, each currency apart; exact. */
export class MoneySums {
  private readonly units = new Map<string, bigint>();

  add(money: Money | undefined): void {
    if (!money) return;
    const sum = this.units.get(money.currency) ?? 0n;
    this.units.set(money.currency, sum + Decimal.parse(money.amount).units);
  }

  /** In the order of the currencies' codes. */
  list(): Money[] {
    return [...this.units]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, units]) => ({ currency, amount: Decimal.format(units) }));
  }
}
