import { Command } from 'commander';
import {
  shadowReport,
  type ShadowFlip,
  type ShadowReport,
} from '../../application/what-if/shadow-report';
import { tableText } from '../table';
import { changeText, moneyText, requestRow, REQUEST_HEADER } from './change-text';
import { storeOf, withPolicy } from './policy-source';

interface ShadowOptions {
  from?: string;
  to?: string;
  json?: boolean;
}

const WEEK_MS = 7 * 86_400_000;
/** At most this many requests are shown to people; --json lists all. */
const SHOWN = 50;

export function policyShadowCommand(): Command {
  return new Command('shadow')
    .description('What the rules on trial (mode log_only) would have done in a period')
    .option('--from <moment>', 'first moment of the period (default: a week before its end)')
    .option('--to <moment>', 'end of the period, not included (default: now)')
    .option('--json', 'as JSON')
    .action(async (options: ShadowOptions) => {
      const to = options.to ?? new Date().toISOString();
      const from = options.from ?? new Date((Date.parse(to) || 0) - WEEK_MS).toISOString();
      const items: ShadowFlip[] = [];
      const report = await withPolicy(undefined, (source) =>
        shadowReport(
          storeOf(source),
          source.bundle,
          { from, to },
          {
            onFlip: (flip) => {
              if (options.json || items.length < SHOWN) items.push(flip);
            },
          },
        ),
      );
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ ...report, items }, null, 2)}\n`
          : reportText(report, items),
      );
    });
}

function reportText({ from, to, decisions, rules }: ShadowReport, items: ShadowFlip[]): string {
  if (rules.length === 0) return 'No rule is on trial: give one mode: log_only and activate it.\n';
  const rows = rules.flatMap(({ ruleId, onTrial, matched, flipped, flips }) => {
    const head = [onTrial ? ruleId : `${ruleId} (no longer)`, String(matched), String(flipped)];
    if (flips.length === 0) return [[...head, '-', '-']];
    return flips.map((flip, index) => [
      ...(index === 0 ? head : ['', '', '']),
      `${flip.count} ${changeText(flip.from, flip.to)}`,
      moneyText(flip.money),
    ]);
  });
  const total = rules.reduce((sum, { flipped }) => sum + flipped, 0);
  return [
    `${from} to ${to}: ${decisions} decisions`,
    '',
    tableText(['RULE ON TRIAL', 'MATCHED', 'WOULD CHANGE', 'HOW', 'MONEY'], rows),
    ...(items.length === 0 ? [] : ['', tableText(REQUEST_HEADER, items.map(rowOf))]),
    ...(total > items.length ? [`... and ${total - items.length} more (--json lists all)`] : []),
    '',
  ].join('\n');
}

function rowOf(flip: ShadowFlip): string[] {
  return requestRow(flip, [{ ruleId: flip.ruleId }]);
}
