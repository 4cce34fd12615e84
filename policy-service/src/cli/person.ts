import { Command } from 'commander';
import { publicPerson, registerPerson } from '../application/manage-identities';
import { commaList, printTable, readStdin, withExistingStore, withStore } from './offline';

interface CreateOptions {
  email: string;
  name: string;
  roles: string;
  aliases?: string;
  separate?: boolean;
}

export function personCommands(): Command {
  const person = new Command('person').description('People: who signs in, approves and operates');
  person
    .command('create')
    .description('Create a person; the password comes from standard input')
    .requiredOption('--email <email>', 'signs in with it')
    .requiredOption('--name <name>', 'shown with votes')
    .requiredOption('--roles <roles>', 'comma list, for example finance_approver,reviewer')
    .option(
      '--aliases <names>',
      'comma list of other names that this person appears under as a requester',
    )
    .option(
      '--separate',
      'somebody else, although an account has the same address but for dots or a +tag',
    )
    .requiredOption(
      '--password-stdin',
      'read the password (8 characters or more) from standard input',
    )
    .action(async (options: CreateOptions) => {
      const password = await readStdin();
      const created = await withStore((deps) =>
        registerPerson(deps, {
          email: options.email,
          name: options.name,
          roles: commaList(options.roles),
          aliases: commaList(options.aliases),
          password,
          separate: options.separate,
        }),
      );
      process.stdout.write(
        `Created ${created.email} with the roles ${created.roles.join(', ')}.\n`,
      );
    });
  person
    .command('list')
    .description('List people')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const people = await withExistingStore((deps) => deps.store.people());
      const shown = people.map(publicPerson);
      if (options.json) process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      else {
        printTable(
          ['EMAIL', 'NAME', 'ROLES', 'ALIASES'],
          shown.map((one) => [
            one.email,
            one.name,
            one.roles.join(','),
            one.aliases.join(',') || '-',
          ]),
        );
      }
    });
  return person;
}
