import type { Stack } from '../stack/stack';
import type { SampleRun } from './run';

const COLUMNS = [
  { title: '#', width: 2 },
  { title: 'request', width: 44 },
  { title: 'first answer', width: 21 },
  { title: 'now', width: 17 },
  { title: 'why, or what the ERP holds', width: Infinity },
];

/** One line per sample: what was asked, what the webhook answered, what became of it and why. */
export function table(runs: SampleRun[]): string {
  const rows = runs.map((run, index) => [
    String(index + 1),
    String(run.sample.body['request_text']),
    `${run.answer.status} ${run.answer.body.state ?? ''}`,
    run.request?.state ?? 'unknown',
    why(run),
  ]);
  const line = (cells: string[]): string =>
    COLUMNS.map(({ width }, index) => fit(cells[index] ?? '', width))
      .join('  ')
      .trimEnd();
  return [
    line(COLUMNS.map((column) => column.title)),
    line(
      COLUMNS.map(({ title, width }) => '-'.repeat(Number.isFinite(width) ? width : title.length)),
    ),
    ...rows.map(line),
  ].join('\n');
}

/** ERP reference, reasons or wrong fields, whichever says most. */
export function why({ answer, request }: SampleRun): string {
  const reference = request?.execution?.erpReference;
  const reasons = request?.decision?.reasons.map((reason) => reason.message) ?? [];
  const errors = request?.validation?.errors.map((error) => error.message) ?? [];
  if (reference) return [reference, ...reasons].join('; ');
  const text = [...errors, ...reasons].join(' ');
  return text || (request?.message ?? answer.body.message ?? '');
}

function fit(text: string, width: number): string {
  if (!Number.isFinite(width)) return text;
  return text.length > width ? `${text.slice(0, width - 3)}...` : text.padEnd(width);
}

/** Where to look: the canvases, the inbox, the mock ERP, and each request's own pages. */
export function links(stack: Stack, runs: SampleRun[]): string {
  const places = [
    ['canvas', `${stack.n8n.url}/workflow/${stack.workflows['execution-pipeline']}`],
    ['executions', `${stack.n8n.url}/workflow/${stack.workflows['execution-pipeline']}/executions`],
    ['inbox', `${stack.service.url}/inbox`],
    ['mock ERP', `${stack.erp.url}/records/payments  ${stack.erp.url}/records/movements`],
  ];
  const pages = runs.flatMap(({ request }, index) =>
    request
      ? [
          `  ${String(index + 1).padStart(2)}  timeline  ${request.links.page}`,
          `      status    ${request.links.status}`,
        ]
      : [],
  );
  return [
    'Where to look',
    ...places.map(([name, url]) => `  ${name?.padEnd(12)}${url}`),
    'Each request: its timeline (for people who sign in) and the status page of its requester',
    ...pages,
  ].join('\n');
}

/** Sign-ins that were generated for this run. */
export function signIns(stack: Stack): string {
  const people = [
    ['n8n', stack.n8n.owner],
    ['inbox: approver', stack.approver],
    ['inbox: operator', stack.operator],
  ] as const;
  return [
    'Sign-ins of this run',
    ...people.map(([where, who]) => `  ${where.padEnd(18)}${who.email.padEnd(24)}${who.password}`),
  ].join('\n');
}
