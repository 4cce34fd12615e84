import { duration } from '../words';

export type WhatIfTab = 'ask' | 'replay' | 'shadow';

const TABS: { tab: WhatIfTab; href: string; text: string }[] = [
  { tab: 'ask', href: '/policies/what-if', text: 'One request' },
  { tab: 'replay', href: '/policies/what-if/replay', text: 'Replay a policy' },
  { tab: 'shadow', href: '/policies/what-if/shadow', text: 'Rules on trial' },
];

/** The heading and the ways of asking. */
export function WhatIfHead({ tab, lead }: { tab: WhatIfTab; lead: string }) {
  return (
    <>
      <p class="crumbs">
        <a href="/policies">Policies</a>
      </p>
      <h1>What if</h1>
      <p class="lead">{lead}</p>
      <nav class="tabs" aria-label="Ways of asking">
        {TABS.map((one) => (
          <a href={one.href} aria-current={one.tab === tab ? 'page' : undefined}>
            {one.text}
          </a>
        ))}
      </nav>
    </>
  );
}

/** Two days of a period as dates; the last day is included. */
export function PeriodFields({ from, to }: { from: string; to: string }) {
  return (
    <>
      <label>
        From <span class="muted">(UTC)</span>
        <input type="date" name="from" value={from} required />
      </label>
      <label>
        Until <span class="muted">(included)</span>
        <input type="date" name="to" value={to} required />
      </label>
    </>
  );
}

/** `7 days`. */
export function lengthOf(from: string, to: string): string {
  return duration(Date.parse(to) - Date.parse(from));
}
