import { Command } from 'commander';
import { serviceVersion } from '../compose';
import { ConfigError } from '../config';
import { BundleError } from '../bundle/bundle-error';
import { LogBroken, StorageUnavailable } from '../application/ports';
import { AppError } from '../domain/errors';
import { ImportError } from '../openapi-import/import-error';
import { BackupError } from '../compose-backup';
import { auditCommands } from './audit';
import { backupCommand, restoreCommand } from './backup';
import { catalogueCommands } from './catalogue';
import { clockCommands } from './clock';
import { controlCommands } from './control';
import { mockErpCommand } from './mock-erp';
import { outliveOutput } from './output';
import { personCommands } from './person';
import { policyCommands } from './policy';
import { serveCommand } from './serve';
import { tokenCommands } from './token';

/** Runs the command line; an expected refusal is one sentence on stderr and exit code 1. */
export async function main(argv: string[]): Promise<void> {
  outliveOutput();
  const program = new Command('execution-layer')
    .description(
      'Policy service of the execution layer: AI proposes, policy decides, people approve.',
    )
    .version(serviceVersion())
    .showHelpAfterError()
    .addHelpText(
      'after',
      '\nSettings are environment variables EXECUTION_LAYER_* (DATA_DIR, HOST, PORT, PUBLIC_URL, BUNDLE_DIR, ...).\nFirst steps:\n  echo "tram-Lagoon-58-otter" | execution-layer person create --email approver@example.com --name Approver --roles finance_approver --password-stdin\n  echo "quartz-Meadow-31-kite" | execution-layer person create --email operator@example.com --name Operator --roles operator --password-stdin\n  execution-layer token create --name n8n --scopes requests:propose,requests:decide,requests:execute,requests:read --owner operator@example.com\n  execution-layer serve',
    );
  program.addCommand(serveCommand());
  program.addCommand(mockErpCommand());
  program.addCommand(tokenCommands());
  program.addCommand(personCommands());
  program.addCommand(policyCommands());
  program.addCommand(catalogueCommands());
  program.addCommand(controlCommands());
  program.addCommand(clockCommands());
  program.addCommand(auditCommands());
  program.addCommand(backupCommand());
  program.addCommand(restoreCommand());
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!isExpected(error)) throw error;
    const { message } = error as Error;
    const details = error instanceof AppError ? error.errors.map((one) => one.message) : [];
    const lines = details.filter((line) => line !== message).map((line) => `\n  ${line}`);
    process.stderr.write(`execution-layer: ${message}${lines.join('')}\n`);
    process.exitCode = 1;
  }
}

function isExpected(error: unknown): boolean {
  return [
    ConfigError,
    BackupError,
    BundleError,
    ImportError,
    StorageUnavailable,
    LogBroken,
    AppError,
  ].some((kind) => error instanceof kind);
}
