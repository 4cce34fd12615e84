import type { Money } from '../../application/what-if/money-involved';
import type { Outcome } from '../../application/what-if/replay-one';
import type { Effect } from '../../domain/request/decision';
import { OUTCOME_LABELS } from '../labels';
import { grouped, visible } from '../words';
import { Pill } from './basics';

/** `12,500.00 USD`. */
export function moneyInWords({ amount, currency }: Money): string {
  return `${grouped(amount)} ${visible(currency)}`;
}

/** From what to what a decision changes. */
export function Change({ from, to }: { from: Effect; to: Outcome }) {
  if (from === to) {
    return (
      <span class="change">
        <Pill {...OUTCOME_LABELS[from]} />{' '}
        <span>on other terms: who approves, until when, or with what evidence</span>
      </span>
    );
  }
  return (
    <span class="change">
      <Pill {...OUTCOME_LABELS[from]} />
      <span aria-label="becomes">→</span>
      <Pill {...OUTCOME_LABELS[to]} />
    </span>
  );
}

/** Counts of each kind of change, with the money that is involved. */
export function FlipTable(props: {
  flips: { from: Effect; to: Outcome; count: number; money: Money[] }[];
  decisions: number;
}) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Changes by kind">
      <table class="flips">
        <thead>
          <tr>
            <th scope="col">Change</th>
            <th scope="col" class="number">
              Decisions
            </th>
            <th scope="col" class="number">
              Money involved
            </th>
          </tr>
        </thead>
        <tbody>
          {props.flips.map(({ from, to, count, money }) => (
            <tr>
              <td>
                <Change from={from} to={to} />
              </td>
              <td class="number">
                <span class="strong">{grouped(String(count))}</span>{' '}
                <span class="muted small">of {grouped(String(props.decisions))}</span>
              </td>
              <td class="number">
                {money.length === 0 ? (
                  <span class="muted">none</span>
                ) : (
                  money.map((one) => <div>{moneyInWords(one)}</div>)
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A figure and what it counts. */
export function Figure({ value, text }: { value: number; text: string }) {
  return (
    <div>
      <dt>{text}</dt>
      <dd>{grouped(String(value))}</dd>
    </div>
  );
}
