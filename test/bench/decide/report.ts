import { columns, fraction, machineLine, whole, type Machine } from '../format';
import { median } from '../statistics';
import type { CoreRow } from './core-bench';
import type { HttpRow } from './http-bench';

export interface DecideResult {
  machine: Machine;
  core?: CoreRow[];
  http?: HttpRow[];
  /** What could not be measured, and why. */
  notMeasured: string[];
}

/** The result for people: ratios with the figures behind them. */
export function table({ machine, core, http, notMeasured }: DecideResult): string {
  const parts = [machineLine(machine)];
  if (core) parts.push(coreTable(core));
  if (http) parts.push(httpTable(http));
  parts.push(...notMeasured.map((what) => `NOT MEASURED: ${what}`));
  return parts.join('\n\n');
}

function coreTable(rows: CoreRow[]): string {
  return [
    'Decision cores on one thread, the same seven rules and checks',
    columns([
      ['engine', 'decisions/s', 'ours / it'],
      ...rows.map(({ engine, rate, ratio }) => [engine, whole(rate), ratio ? fraction(ratio) : '']),
    ]),
    'Medians of the rounds, smallest to largest in brackets.',
  ].join('\n');
}

function httpTable(rows: HttpRow[]): string {
  const middle = (row: HttpRow, side: 'service' | 'cerbos', of: 'p50' | 'p99' | 'cpu'): string =>
    median(row.rounds.map((round) => round[side][of])).toFixed(2);
  return [
    'Decisions over HTTP: the service (durable before the answer) next to Cerbos (nothing durable)',
    columns([
      [
        'connections',
        'service / Cerbos',
        'decisions/s',
        'Cerbos answers/s',
        'service p50 / p99',
        'Cerbos p50 / p99',
        'processor time',
      ],
      ...rows.map((row) => [
        String(row.connections),
        fraction(row.ratio),
        whole(row.service),
        whole(row.cerbos),
        `${middle(row, 'service', 'p50')} / ${middle(row, 'service', 'p99')} ms`,
        `${middle(row, 'cerbos', 'p50')} / ${middle(row, 'cerbos', 'p99')} ms`,
        `${middle(row, 'service', 'cpu')} / ${middle(row, 'cerbos', 'cpu')} ms`,
      ]),
    ]),
    'Medians of the rounds, smallest to largest in brackets. The load generator shares the machine.',
  ].join('\n');
}
