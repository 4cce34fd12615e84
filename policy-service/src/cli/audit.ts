import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { allEntries, verifyWholeLog } from '../application/read-log';
import { verifyCheckpoint, type CheckpointResult } from '../audit/checkpoint';
import { verifyLog, type LogVerification, type LoggedBytes } from '../audit/verify-log';
import { AppError } from '../domain/errors';
import { withExistingStore } from './offline';

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
        : await withExistingStore(async ({ store }) =>
            verifyWholeLog(store.log, kept ? [kept] : []),
          );
      report(result, options.json === true);
    });
  audit
    .command('export')
    .description('Write the whole log to standard output as NDJSON')
    .action(() =>
      withExistingStore(async ({ store }) => {
        for await (const entry of allEntries(store.log)) {
          process.stdout.write(`${JSON.stringify(entry)}\n`);
        }
      }),
    );
  return audit;
}

async function verifyExport(
  file: string,
  kept: { size: number; rootHash: string } | undefined,
): Promise<LogVerification> {
  const entries = readText(file).split('\n').filter(Boolean).map(parseLine);
  // An export says nothing of its head; its own root is compared with the kept checkpoint.
  const first = await verifyLog(entries, { size: 0, rootHash: '' });
  return verifyLog(entries, { size: first.size, rootHash: first.rootHash }, kept ? [kept] : []);
}

function keptHead(options: VerifyOptions): { size: number; rootHash: string } | undefined {
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

function parseLine(line: string, index: number): LoggedBytes {
  try {
    return JSON.parse(line) as LoggedBytes;
  } catch {
    throw new AppError('invalid_parameter', `Line ${index + 1} of the export is not JSON.`);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new AppError('not_found', `The file ${file} cannot be read.`);
  }
}

function checked(note: string, verifier: string): CheckpointResult {
  try {
    return verifyCheckpoint(note, verifier);
  } catch (error) {
    throw new AppError('invalid_parameter', (error as Error).message);
  }
}

function report(result: LogVerification, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else {
    process.stdout.write(
      result.valid
        ? `The log is intact: ${result.size} entries, root ${result.rootHash}.\n`
        : `The log is NOT intact:\n${result.problems.map(({ message }) => `  ${message}`).join('\n')}\n`,
    );
  }
  if (!result.valid) process.exitCode = 1;
}
