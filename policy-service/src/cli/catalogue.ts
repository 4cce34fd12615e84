import { readFile, stat } from 'node:fs/promises';
import { Command } from 'commander';
import { MAX_BYTES, OpenApiDocument } from '../openapi-import/document';
import { ImportError } from '../openapi-import/import-error';
import { importOpenApi, type ImportResult } from '../openapi-import/import-openapi';
import { listPaths, type ImportOperation } from '../openapi-import/operations';
import { AnswerTooLarge, readBounded } from '../system/bounded-fetch';
import { printTable } from './offline';

interface Options {
  list?: boolean;
  operation?: string[];
  all?: boolean;
  out: string;
  connector?: string;
  baseUrl?: string;
  reference?: string[];
  force?: boolean;
  json?: boolean;
}

const FETCH_TIMEOUT_MS = 30_000;

export function catalogueCommands(): Command {
  const catalogue = new Command('catalogue').description('The actions of a bundle');
  catalogue
    .command('import <document>')
    .description(
      'Write actions, a connector and test cases for operations of an OpenAPI document (file or URL; 3.0, 3.1 or Swagger 2.0; JSON or YAML)',
    )
    .option('--list', 'only list the operations, with what is guessed about them')
    .option('--operation <id...>', 'operations to import: an id, or "POST /path"')
    .option('--all', 'import every operation that can be imported')
    .option('--out <folder>', 'folder of the bundle', 'bundle')
    .option('--connector <id>', 'id of the connector; made of the title when absent')
    .option(
      '--base-url <url>',
      'address of the system; the first server of the document when absent',
    )
    .option(
      '--reference <operation=pointer...>',
      'member of the answer that names what was written, where that is not clear; "none" if there is none',
    )
    .option('--force', 'overwrite files that are there')
    .option('--json', 'as JSON')
    .action(async (source: string, options: Options) => {
      const text = await read(source);
      if (options.list || (!options.all && !options.operation)) {
        const { operations, unreadable } = listPaths(OpenApiDocument.parse(text, source));
        printList(operations, options.json === true);
        for (const { operation, reason } of unreadable) {
          process.stderr.write(`Not importable: ${operation}: ${reason}\n`);
        }
        return;
      }
      const result = importOpenApi(text, source, {
        operations: options.all ? 'all' : (options.operation ?? []),
        out: options.out,
        connector: options.connector,
        baseUrl: options.baseUrl,
        references: options.reference,
        force: options.force === true,
      });
      process.stdout.write(
        options.json ? `${JSON.stringify(result, null, 2)}\n` : told(result, options.out),
      );
    });
  return catalogue;
}

/** @throws ImportError when the document cannot be had */
async function read(source: string): Promise<string> {
  if (!/^https?:\/\//.test(source)) {
    const size = await stat(source).then(
      ({ size }) => size,
      () => 0,
    );
    if (size > MAX_BYTES) throw tooLarge(source);
    return readFile(source, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new ImportError(`${source} cannot be read (${error.code}). Give a file or a URL.`);
    });
  }
  try {
    const answer = await fetch(source, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return (await readBounded(answer, MAX_BYTES)).toString('utf8');
  } catch (error) {
    if (error instanceof AnswerTooLarge) throw tooLarge(source);
    const { cause, message } = error as Error & { cause?: { code?: string } };
    throw new ImportError(`${source} cannot be fetched (${cause?.code ?? message}).`);
  }
}

function tooLarge(source: string): ImportError {
  return new ImportError(`${source} is larger than ${MAX_BYTES / 1024 / 1024} MB.`);
}

function printList(operations: ImportOperation[], json: boolean): void {
  const rows = operations.map(({ id, method, path, title, class: kind, risk, idempotency }) => ({
    id,
    method,
    path,
    title,
    class: kind,
    risk,
    idempotency,
  }));
  if (json) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  printTable(
    ['OPERATION', 'METHOD', 'PATH', 'CLASS', 'RISK', 'IDEMPOTENCY', 'TITLE'],
    rows.map((row) => [
      row.id,
      row.method,
      row.path,
      row.class,
      row.risk,
      row.idempotency,
      row.title,
    ]),
  );
  process.stdout.write('\nImport some of them with --operation <id...>.\n');
}

function told(result: ImportResult, out: string): string {
  const { connector, written, actions, skipped, settings, variables } = result;
  return [
    `Imported ${actions.length} operation${actions.length === 1 ? '' : 's'}. Written below ${out}:`,
    ...written.map((path) => `  ${path}`),
    ...(skipped.length > 0 ? ['Left out:'] : []),
    ...skipped.map(({ operation, reason }) => `  ${operation}: ${reason}`),
    ...(settings.length > 0 ? [`Set before the start: ${settings.join(', ')}.`] : []),
    ...(variables.length > 0
      ? [
          'Let the connector read its variables (after a ; where others are listed already):',
          `  EXECUTION_LAYER_CONNECTOR_VARIABLES=${connector}:${variables.join(',')}`,
        ]
      : []),
    `Next: execution-layer policy check ${out}, then execution-layer policy test ${out}. Everything is in stage recommend until you raise it.`,
    '',
  ].join('\n');
}
