import { columns, fraction, machineLine, whole, type Machine } from './format';
import type { N8nResult } from './n8n-bench';
import type { ServiceResult } from './service-bench';
import { median } from './statistics';

export interface BenchResult {
  machine: Machine;
  service?: ServiceResult;
  n8n?: N8nResult;
}

/** The result for people: ratios first, with the figures behind them. */
export function table(result: BenchResult): string {
  const { machine, service, n8n } = result;
  const parts = [machineLine(machine)];
  if (service) parts.push(serviceTable(service));
  if (n8n) parts.push(n8nTable(n8n));
  return parts.join('\n\n');
}

function serviceTable(result: ServiceResult): string {
  const rows = result.rows.map((row) => {
    const middle = (side: 'service' | 'baseline', of: 'p50' | 'p99' | 'cpu'): string =>
      median(row.rounds.map((round) => round[side][of])).toFixed(2);
    return [
      String(row.connections),
      fraction(row.ratio),
      fraction(row.cpuRatio),
      whole(row.service),
      whole(row.baseline),
      `${middle('service', 'p50')} / ${middle('service', 'p99')} ms`,
      `${middle('baseline', 'p50')} / ${middle('baseline', 'p99')} ms`,
      `${middle('service', 'cpu')} / ${middle('baseline', 'cpu')} ms`,
    ];
  });
  const entries = result.auditEntriesPerDecision.toFixed(1);
  return [
    'Decisions (propose + validate + decide, durable) next to a bare Express route with one durable insert',
    columns([
      [
        'in flight',
        'ratio',
        'by processor time',
        'decisions/s',
        'bare rows/s',
        'decision p50 / p99',
        'bare p50 / p99',
        'processor time',
      ],
      ...rows,
    ]),
    `Medians of the rounds, smallest to largest in brackets. ${entries} audit entries per decision.`,
  ].join('\n');
}

function n8nTable(result: N8nResult): string {
  const times = ({ median: middle, p90 }: N8nResult['pipeline']): string[] => [
    `${middle.toFixed(1)} ms`,
    `${p90.toFixed(1)} ms`,
  ];
  const { service } = result;
  return [
    `One allowed inventory request through n8n, executed, ${result.requests} times`,
    columns([
      ['workflow', 'median', 'p90'],
      ['pipeline', ...times(result.pipeline)],
      ['webhook -> No Operation', ...times(result.empty)],
      ['ratio', result.ratio.toFixed(1), ''],
    ]),
    `The service's share of the pipeline: ${(service.share * 100).toFixed(0)} % ` +
      `(${service.milliseconds.toFixed(1)} ms in ${service.calls.toFixed(1)} calls, mean)`,
    columns(
      Object.entries(service.byRoute).map(([route, milliseconds]) => [
        `  ${route}`,
        `${milliseconds.toFixed(1)} ms`,
      ]),
    ),
  ].join('\n');
}
