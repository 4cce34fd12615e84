import { Command } from 'commander';
import { changePerson, type PersonChange } from '../application/identity/change-person';
import { publicPerson, registerPerson } from '../application/identity/manage-identities';
import { AppError } from '../domain/errors';
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
          ['EMAIL', 'NAME', 'ROLES', 'ALIASES', 'STATE'],
          shown.map((one) => [
            one.email,
            one.name,
            one.roles.join(','),
            one.aliases.join(',') || '-',
            one.disabledAt ? `disabled ${one.disabledAt}` : 'active',
          ]),
        );
      }
    });
  person
    .command('update <email>')
    .description('Change a name, roles or aliases; what is left out stays')
    .option('--name <name>', 'shown with votes')
    .option('--roles <roles>', 'comma list of all roles from now on; "" for none')
    .option('--aliases <names>', 'comma list of all aliases from now on; "" for none')
    .action(async (email: string, options: { name?: string; roles?: string; aliases?: string }) => {
      const { name, roles, aliases } = options;
      if (name === undefined && roles === undefined && aliases === undefined) {
        throw new AppError('invalid_parameter', 'Name what to change: --name, --roles, --aliases.');
      }
      await change(email, {
        ...(name === undefined ? {} : { name }),
        ...(roles === undefined ? {} : { roles: commaList(roles) }),
        ...(aliases === undefined ? {} : { aliases: commaList(aliases) }),
      });
    });
  person
    .command('disable <email>')
    .description('End all sessions, refuse sign-ins, and stop what they asked for or approved')
    .action((email: string) => change(email, { disabled: true }));
  person
    .command('enable <email>')
    .description('Let a disabled person sign in again')
    .action((email: string) => change(email, { disabled: false }));
  person
    .command('password <email>')
    .description('Set a new password and end all sessions')
    .requiredOption('--password-stdin', 'read the password from standard input')
    .action(async (email: string) => change(email, { password: await readStdin() }));
  return person;
}

async function change(email: string, wanted: PersonChange): Promise<void> {
  const now = await withExistingStore((deps) => changePerson(deps, email, wanted));
  const state = now.disabledAt === undefined ? 'active' : 'disabled';
  process.stdout.write(
    `${now.email} is ${state}, with the roles ${now.roles.join(', ') || 'none'}.\n`,
  );
}
