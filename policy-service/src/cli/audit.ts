import { once } from 'node:events';
import { createReadStream, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { StorageUnavailable } from '../application/ports';
import { allEntries, verifyWholeLog } from '../application/audit-log/read-log';
import { verifyCheckpoint, type CheckpointResult, type TreeHead } from '../audit/checkpoint';
import type { EntryBody } from '../audit/entry';
import { ExportError, exportedEntries, type ExportNotes } from '../audit/export-lines';
import { verifyLog, type LoggedBytes } from '../audit/verify-log';
import { AppError } from '../domain/errors';
import { reportVerification, type Verified } from './audit-report';
import { withExistingStore, withLog, type OfflineDeps } from './offline';

interface VerifyOptions {
  file?: string;
  checkpoint?: string;
  verifierKey?: string;
  json?: boolean;
}

export function auditCommands(): Command {
  const audit = new Command('audit').description('The tamper-evident log');
  audit
    .command('verify')
    .description(
      'Recompute every hash; with a kept checkpoint, show that nothing before it was changed',
    )
    .option('--file <ndjson>', 'verify an export instead of the data directory')
    .option('--checkpoint <file>', 'a checkpoint note that was kept elsewhere')
    .option('--verifier-key <key>', 'public key line that the checkpoint is checked with')
    .option('--json', 'as JSON')
    .action(async (options: VerifyOptions) => {
      const kept = keptHead(options);
      const result = options.file
        ? await verifyExport(options.file, kept)
        : await withLog(async (log) => ({
            of: 'database' as const,
            ...(await verifyWholeLog(log, kept ? [kept] : [])),
          }));
      reportVerification(result, kept, options.json === true);
      if (!result.valid) process.exitCode = 1;
    });
  audit
    .command('export')
    .description('Write the whole log to standard output as NDJSON')
    .action(() =>
      withExistingStore(async (deps) => {
        await enterExport(deps);
        for await (const entry of allEntries(deps.store.log)) {
          if (process.stdout.errored) return;
          if (!process.stdout.write(`${JSON.stringify(entry)}\n`)) await drained();
        }
      }),
    );
  return audit;
}

/** An error of the output is told where all output is watched; here it only ends the wait. */
function drained(): Promise<unknown> {
  return once(process.stdout, 'drain').catch(() => undefined);
}

/** The export says of itself that it was made; a log that cannot be written is exported all the same. */
async function enterExport({ store, clock }: OfflineDeps): Promise<void> {
  const entry: EntryBody = {
    type: 'audit.export_asked',
    at: clock.now().toISOString(),
    actor: { kind: 'cli', id: 'command-line' },
    data: { count: 1 },
  };
  await store.commit({ audit: [entry] }).catch((error: unknown) => {
    if (!(error instanceof StorageUnavailable)) throw error;
    process.stderr.write(`This export has no entry in the log: ${error.message}\n`);
  });
}

/** @throws AppError `invalid_parameter` for a file that is no export of a whole log */
async function verifyExport(file: string, kept: TreeHead | undefined): Promise<Verified> {
  const notes: ExportNotes = { byteOrderMark: false, carriageReturns: false, blankLines: 0 };
  const entries = fromTheBeginning(exportedEntries(createReadStream(file), notes));
  try {
    // An export says nothing of its head; its own root is compared with the kept checkpoint.
    return { of: 'export', notes, ...(await verifyLog(entries, undefined, kept ? [kept] : [])) };
  } catch (error) {
    if (error instanceof ExportError) {
      throw new AppError('invalid_parameter', `${file} is not verified. ${error.message}`);
    }
    if (typeof (error as NodeJS.ErrnoException).code === 'string') throw unreadable(file);
    throw error;
  }
}

/** What has no first entry shows nothing of a whole log: neither nothing at all, nor a part. */
async function* fromTheBeginning(entries: AsyncIterable<LoggedBytes>): AsyncGenerator<LoggedBytes> {
  let first = true;
  for await (const entry of entries) {
    if (first && entry.sequence > 0) {
      throw new ExportError(
        `It begins with entry ${entry.sequence}, so it is a part of a log, or its beginning was removed. Only an export from entry 0 can be verified as a whole.`,
      );
    }
    first = false;
    yield entry;
  }
  if (first) {
    throw new ExportError(
      'It holds no entry, and an empty file proves nothing. Look at what the export answered, and export again.',
    );
  }
}

function keptHead(options: VerifyOptions): TreeHead | undefined {
  if (!options.checkpoint) return undefined;
  if (!options.verifierKey) {
    throw new AppError(
      'invalid_parameter',
      'A checkpoint is checked with --verifier-key (GET /v1/audit/checkpoint tells it).',
    );
  }
  const result = checked(readText(options.checkpoint), options.verifierKey);
  if (!result.valid) throw new AppError('invalid_parameter', result.message);
  return { size: result.size, rootHash: result.rootHash };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw unreadable(file);
  }
}

function unreadable(file: string): AppError {
  return new AppError('not_found', `The file ${file} cannot be read.`);
}

function checked(note: string, verifier: string): CheckpointResult {
  try {
    return verifyCheckpoint(note, verifier);
  } catch (error) {
    throw new AppError('invalid_parameter', (error as Error).message);
  }
}
