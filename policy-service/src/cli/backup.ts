import { Command } from 'commander';
import { createBackup, restoreBackup } from '../compose-backup';
import { readConfig } from '../config';

interface Options {
  withKey?: boolean;
  replace?: boolean;
  by?: string;
  json?: boolean;
}

const BY_WHOM = 'who; recorded as a claim of whoever runs the command';

export function backupCommand(): Command {
  return new Command('backup')
    .description('Copy the database to a file while the service runs, and verify the copy')
    .argument('<file>', 'where to; never overwritten')
    .option('--with-key', 'also the keys for checkpoints and sealed texts, beside the file')
    .option('--by <email>', BY_WHOM)
    .option('--json', 'as JSON')
    .action(async (file: string, options: Options) => {
      const made = await createBackup(readConfig(process.env), file, {
        withKey: options.withKey === true,
        by: actorId(options),
        onProgress: progress(),
      });
      const keys = [made.keyFile, made.sealingKeyFile].filter((one) => one !== undefined);
      const key =
        keys.length === 0
          ? ' What is sealed in it needs the file sealing-key of the data directory: keep that too.'
          : ` Keys: ${keys.join(' and ')}. Keep them apart from the backup.`;
      tell(
        options,
        made,
        `Backed up to ${made.file}: ${made.size} entries, root ${made.rootHash}, verified.${key}`,
      );
    });
}

export function restoreCommand(): Command {
  return new Command('restore')
    .description('Put a verified backup in the place of the database, while no service runs')
    .argument('<file>', 'made by backup')
    .option('--replace', 'put it in the place of a database that is there, which is kept aside')
    .option('--with-key', 'also the keys for checkpoints and sealed texts, from beside the file')
    .option('--by <email>', BY_WHOM)
    .option('--json', 'as JSON')
    .action(async (file: string, options: Options) => {
      const done = await restoreBackup(readConfig(process.env), file, {
        withKey: options.withKey === true,
        replace: options.replace === true,
        by: actorId(options),
        onProgress: progress(),
      });
      const aside = done.keptAside === undefined ? '' : ` The old database is ${done.keptAside}.`;
      tell(
        options,
        done,
        `Restored: ${done.size} entries, root ${done.rootHash}.${aside} ` +
          `${done.openRequests} requests were open in it and may have been written since: each is looked for in the ERP, or confirmed on the page Attention, before it is sent. ` +
          'What was revoked, stopped, changed or acknowledged after the backup is not in it: see "Restoring" in docs/operations.md before you start the service.',
      );
    });
}

function actorId({ by = 'command-line' }: Options): string {
  return by.slice(0, 200);
}

function tell({ json }: Options, result: object, sentence: string): void {
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : `${sentence}\n`);
}

/** Every tenth part, on standard error. */
function progress(): (done: number) => void {
  let told = 0;
  return (done) => {
    const tenth = Math.floor(done * 10);
    if (tenth <= told) return;
    told = tenth;
    process.stderr.write(`Copied ${tenth * 10} %\n`);
  };
}
