import { askInPlace } from '../../application/what-if/ask-in-place';
import { replay, type ChangedRequest, type ReplayReport } from '../../application/what-if/replay';
import { AppError } from '../../domain/errors';
import { tableText } from '../table';
import { changeText, moneyText, requestRow, REQUEST_HEADER } from './change-text';
import { storeOf, withPolicy } from './policy-source';

export interface ReplayCommandOptions {
  bundle?: string;
  from?: string;
  to?: string;
  json?: boolean;
}

/** At most this many requests are shown to people; --json lists all. */
const SHOWN = 50;

/** Replays a period and prints the report; progress goes to stderr. @throws AppError */
export async function runReplay(options: ReplayCommandOptions): Promise<void> {
  const { from, to = new Date().toISOString() } = options;
  if (from === undefined) {
    throw new AppError(
      'invalid_parameter',
      'Name the period: --from 2026-11-01 [--to 2026-11-21].',
    );
  }
  const items: ChangedRequest[] = [];
  const report = await withPolicy(options.bundle, (source) =>
    replay(storeOf(source), {
      from,
      to,
      policy: askInPlace(source.bundle),
      timeZone: source.timeZone,
      onChange: (changed) => {
        if (options.json || items.length < SHOWN) items.push(changed);
      },
      onProgress: ({ decisions, changed, at }) =>
        process.stderr.write(`${decisions} decisions read, ${changed} would change (at ${at})\n`),
    }),
  );
  process.stdout.write(
    options.json ? `${JSON.stringify({ ...report, items }, null, 2)}\n` : reportText(report, items),
  );
}

function reportText(report: ReplayReport, items: ChangedRequest[]): string {
  const { decisions, changed, unchanged, flips, notReplayable, recountedLimits } = report;
  const untold = decisions - changed - unchanged;
  const lines = [
    `Policy ${report.policyVersion}`,
    `${report.from} to ${report.to}: ${decisions} decisions, ${changed} would change, ${unchanged} stay, ${untold} cannot be told.`,
  ];
  if (flips.length > 0) {
    const rows = flips.map(({ from, to, count, money }) => [
      changeText(from, to),
      String(count),
      moneyText(money),
    ]);
    lines.push('', tableText(['CHANGE', 'COUNT', 'MONEY'], rows));
    lines.push(
      '',
      tableText(
        REQUEST_HEADER,
        items.map((one) => requestRow(one, one.after)),
      ),
    );
    if (changed > items.length)
      lines.push(`... and ${changed - items.length} more (--json lists all)`);
  }
  if (notReplayable.length > 0) {
    lines.push('', 'Cannot be told:');
    for (const { why, count, requestIds } of notReplayable) {
      lines.push(`  ${count}: ${why} For example ${requestIds.slice(0, 3).join(', ')}`);
    }
  }
  if (recountedLimits.length > 0) {
    lines.push(
      '',
      `Counted anew from the first day, and emptier at first than they would have been: ${recountedLimits.join(', ')}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
