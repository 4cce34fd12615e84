import { Command, Option } from 'commander';
import { issueToken, publicToken, revokeToken } from '../application/manage-identities';
import { findPerson } from '../application/identity/find-person';
import { AppError } from '../domain/errors';
import { SCOPES, type Scope, type TokenRecord } from '../domain/identity';
import { commaList, printTable, withExistingStore, withStore } from './offline';

interface CreateOptions {
  name: string;
  scopes: string;
  owner?: string;
  actions?: string;
  actsFor: TokenRecord['actsFor'];
}

export function tokenCommands(): Command {
  const token = new Command('token').description(
    'Service tokens: what n8n and agents sign in with',
  );
  token
    .command('create')
    .description('Create a token; the secret is printed once, alone on stdout, and never stored')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--scopes <scopes>', `comma list of ${SCOPES.join(', ')}`)
    .option('--owner <email>', 'person who answers for it; they can never approve what it proposes')
    .option('--actions <ids>', 'comma list of actions that it may use (default: all)')
    .addOption(
      new Option(
        '--acts-for <who>',
        'claims: any requester, unverified; people: only people of the table, verified',
      )
        .choices(['claims', 'people'])
        .default('claims'),
    )
    .action(async (options: CreateOptions) => {
      const secret = await withStore(async (deps) => {
        if (options.owner && !(await findPerson(deps.store, options.owner))) {
          process.stderr.write(
            `There is no person ${options.owner} yet. Check the spelling: this e-mail can never approve what the token proposes.\n`,
          );
        }
        return issueToken(deps, {
          name: options.name,
          scopes: scopesOf(options.scopes),
          owner: options.owner ?? null,
          actions: options.actions === undefined ? null : commaList(options.actions),
          actsFor: options.actsFor,
        });
      });
      process.stdout.write(`${secret}\n`);
    });
  token
    .command('list')
    .description('List tokens, without their secrets')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const tokens = await withExistingStore((deps) => deps.store.tokens());
      const shown = tokens.map(publicToken);
      if (options.json) process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      else {
        printTable(
          ['ID', 'NAME', 'OWNER', 'SCOPES', 'STATE'],
          shown.map((one) => [
            one.id,
            one.name,
            one.owner ?? '-',
            one.scopes.join(','),
            one.revokedAt ? `revoked ${one.revokedAt}` : 'active',
          ]),
        );
      }
    });
  token
    .command('revoke <id>')
    .description('Revoke a token; it takes effect with the next call')
    .action(async (id: string) => {
      await withStore((deps) => revokeToken(deps, id));
      process.stdout.write(`Revoked ${id}.\n`);
    });
  return token;
}

function scopesOf(text: string): Scope[] {
  const names = commaList(text);
  const unknown = names.find((name) => !SCOPES.includes(name as Scope));
  if (unknown !== undefined || names.length === 0) {
    throw new AppError(
      'invalid_parameter',
      `"${unknown ?? ''}" is no scope. Scopes are ${SCOPES.join(', ')}.`,
    );
  }
  return names as Scope[];
}
