import { columns, fraction, machineLine, whole, type Machine } from '../format';
import { median } from '../statistics';
import type { ExecuteRow } from './execute-bench';

export interface ExecuteResult {
  machine: Machine;
  rows: ExecuteRow[];
}

/** The result for people: ratios with the figures behind them. */
export function table({ machine, rows }: ExecuteResult): string {
  return [
    machineLine(machine),
    'Executions (durable intent, durable outcome) next to direct calls of the same connector',
    columns([
      [
        'in flight',
        'service / direct',
        'executions/s',
        'direct calls/s',
        'execution p50 / p99',
        'direct p50 / p99',
        'processor time',
      ],
      ...rows.map((row) => [
        String(row.connections),
        fraction(row.ratio),
        whole(row.service),
        whole(row.direct),
        `${middle(row, 'service', 'p50')} / ${middle(row, 'service', 'p99')} ms`,
        `${middle(row, 'direct', 'p50')} / ${middle(row, 'direct', 'p99')} ms`,
        `${middle(row, 'service', 'cpu')} / ${middle(row, 'direct', 'cpu')} ms`,
      ]),
    ]),
    'Medians of the rounds, smallest to largest in brackets. Processor time is that of the service, ' +
      'and of the process that calls directly. The load generator and the ERP share the machine.',
    ...rows.flatMap(({ added, commits }) =>
      added && commits
        ? [
            `One at a time, an execution takes ${fraction(added)} ms longer than a direct call and ` +
              `the two commits together, which take ${fraction(commits)} ms.`,
          ]
        : [],
    ),
  ].join('\n');
}

function middle(row: ExecuteRow, side: 'service' | 'direct', of: 'p50' | 'p99' | 'cpu'): string {
  return median(row.rounds.map((round) => round[side][of])).toFixed(2);
}
