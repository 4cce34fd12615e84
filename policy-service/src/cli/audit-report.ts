import type { LogProblem } from '../audit/check-entry';
import type { TreeHead } from '../audit/checkpoint';
import type { ExportNotes } from '../audit/export-lines';
import type { LogVerification } from '../audit/verify-log';

export type Verified = LogVerification &
  ({ of: 'database' } | { of: 'export'; notes: ExportNotes });

/** Tells on standard output what a verification found, and what it cannot show. */
export function reportVerification(
  result: Verified,
  kept: TreeHead | undefined,
  json: boolean,
): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...result, checkpoint: kept }, null, 2)}\n`);
    return;
  }
  const lines = result.valid ? intact(result, kept) : notIntact(result);
  process.stdout.write(`${[...lines, ...noteLines(result)].join('\n')}\n`);
}

function intact(result: Verified, kept: TreeHead | undefined): string[] {
  const { of, size, rootHash } = result;
  if (size === 0 && !kept) return ['The log has no entries yet: there is nothing to verify.'];
  const what = of === 'export' ? 'The export' : 'The log';
  const entries = size === 1 ? '1 entry' : `${size} entries`;
  const line = `${what} is intact: ${entries}, root ${rootHash}.`;
  if (!kept) {
    const missing =
      of === 'export'
        ? 'it does not show whether entries are missing at its end, or whether all was written anew'
        : 'it does not show whether all was written anew, head and entries together';
    return [line, `Without a checkpoint that was kept elsewhere ${missing}.`];
  }
  const after = size - kept.size;
  return [
    line,
    `The first ${kept.size} are those that the checkpoint signed.` +
      (after > 0 ? ` It says nothing of the ${after} after them.` : ''),
  ];
}

function notIntact({ of, problems, problemCount }: Verified): string[] {
  const count = problemCount === 1 ? '1 problem' : `${problemCount} problems`;
  return [
    `The ${of === 'export' ? 'export' : 'log'} is NOT intact: ${count}.`,
    ...problems.map((problem) => `  ${sentence(problem)}`),
    ...(problemCount > problems.length
      ? [`  ... and ${problemCount - problems.length} more.`]
      : []),
  ];
}

/** One problem with the entry that it was found at, by what its bytes say now. */
export function sentence({ code, sequence, type, requestId, message }: LogProblem): string {
  if (sequence === undefined) return `${message} (${code})`;
  const says = [type, requestId && `of ${requestId}`]
    .filter(Boolean)
    .map((one) => shown(one ?? ''));
  return `Entry ${sequence}${says.length > 0 ? ` (${says.join(' ')})` : ''}: ${message} (${code})`;
}

/** The bytes may be anybody's: nothing of them may steer a terminal. */
function shown(text: string): string {
  return text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
}

function noteLines(result: Verified): string[] {
  if (result.of !== 'export') return [];
  const { byteOrderMark, carriageReturns, blankLines } = result.notes;
  const notes = [
    byteOrderMark ? 'a byte order mark' : '',
    carriageReturns ? 'line breaks of Windows' : '',
    blankLines > 0 ? `${blankLines} blank lines` : '',
  ].filter(Boolean);
  return notes.length === 0
    ? []
    : [
        `The file was changed after the export in a way that changes no entry: ${notes.join(', ')}.`,
      ];
}
