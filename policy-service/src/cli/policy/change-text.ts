import type { Money } from '../../application/what-if/money-involved';
import type { Reason } from '../../domain/request/decision';

/** `allow -> block`; only the terms of an approval change where both are the same. */
export function changeText(from: string, to: string): string {
  return from === to ? `${from} (other terms)` : `${from} -> ${to}`;
}

/** `1200.00 EUR, 4000.10 USD`. */
export function moneyText(money: Money[]): string {
  return money.map(({ amount, currency }) => `${amount} ${currency}`).join(', ') || '-';
}

export const REQUEST_HEADER = ['REQUEST', 'AT', 'ACTION', 'MONEY', 'CHANGE', 'BECAUSE OF'];

/** One changed request as a row under REQUEST_HEADER. */
export function requestRow(
  changed: {
    requestId: string;
    at: string;
    action: string;
    from: string;
    to: string;
    money?: Money;
  },
  reasons: Pick<Reason, 'ruleId'>[],
): string[] {
  return [
    changed.requestId,
    changed.at,
    changed.action,
    changed.money ? moneyText([changed.money]) : '-',
    changeText(changed.from, changed.to),
    reasons.map(({ ruleId }) => ruleId).join(', '),
  ];
}
