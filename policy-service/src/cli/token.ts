import { Command, Option } from 'commander';
import {
  issueToken,
  publicToken,
  revokeToken,
  rotateToken,
} from '../application/identity/manage-identities';
import { findPerson, personNamed } from '../application/identity/find-person';
import { AppError } from '../domain/errors';
import { isLater } from '../domain/service-time';
import {
  hasExpired,
  SCOPES,
  type Person,
  type Scope,
  type TokenRecord,
} from '../domain/identity/identity';
import { commaList, printTable, withExistingStore, withStore } from './offline';

interface CreateOptions {
  name: string;
  scopes: string;
  owner?: string;
  actions?: string;
  actsFor: TokenRecord['actsFor'];
  expires?: string;
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
    .option(
      '--expires <when>',
      'after a time such as 90d, at a date such as 2027-01-31 (UTC), or at an instant such as 2027-01-31T12:00:00Z',
    )
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
          ...(options.expires === undefined
            ? {}
            : { expiresAt: expiryOf(options.expires, deps.clock.now()) }),
        });
      });
      process.stdout.write(`${secret}\n`);
    });
  token
    .command('list')
    .description('List tokens, without their secrets')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const [tokens, people, now] = await withExistingStore(({ store, clock }) =>
        Promise.all([store.tokens(), store.people(), clock.now()]),
      );
      const shown = tokens.map((one) => ({
        ...publicToken(one),
        state: `${stateOf(one, people, now)}${oldSecret(one, now)}`,
      }));
      if (options.json) process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      else {
        printTable(
          ['ID', 'NAME', 'OWNER', 'SCOPES', 'STATE'],
          shown.map((one) => [one.id, one.name, one.owner ?? '-', one.scopes.join(','), one.state]),
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
  token
    .command('rotate <id>')
    .description('Give a token another secret, printed once; the old one works on for a while')
    .option('--overlap <time>', 'how long the old secret works on, for example 0s, 1h or 7d', '1h')
    .action(async (id: string, options: { overlap: string }) => {
      const overlapMs = durationOf(options.overlap, '--overlap');
      const { secret, until } = await withExistingStore(async (deps) => {
        const made = await rotateToken(deps, id, overlapMs);
        const rotated = (await deps.store.tokens()).find((one) => one.id === id);
        return { secret: made, until: rotated?.previous?.until };
      });
      process.stdout.write(`${secret}\n`);
      process.stderr.write(
        overlapMs === 0
          ? 'The old secret opens nothing any more.\n'
          : `The old secret works until ${until}.\n`,
      );
    });
  return token;
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @returns milliseconds */
function durationOf(text: string, option: string): number {
  const [, count, unit] = /^([0-9]{1,5})([smhd])$/.exec(text) ?? [];
  if (count === undefined) {
    throw new AppError('invalid_parameter', `${option} is "${text}". Write for example 1h or 90d.`);
  }
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}

/** A moment from now, the beginning of a day (UTC), or an instant; one that is over opens nothing. */
function expiryOf(text: string, now: Date): string {
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) {
    return later(text, `${text}T00:00:00Z`, now);
  }
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$/.test(text)) return later(text, text, now);
  return new Date(now.getTime() + durationOf(text, '--expires')).toISOString();
}

/** @throws AppError for a date that no calendar has, and for one that is over */
function later(text: string, instant: string, now: Date): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime()) || !at.toISOString().startsWith(instant.slice(0, 16))) {
    throw new AppError(
      'invalid_parameter',
      `--expires is "${text}", which is no date. Write for example 90d or 2027-01-31.`,
    );
  }
  if (at.getTime() <= now.getTime()) {
    throw new AppError(
      'invalid_parameter',
      `--expires is "${text}", which is over, so the token would open nothing. Name a later one.`,
    );
  }
  return at.toISOString();
}

/** Told early enough to rotate or replace it. */
const SOON_MS = 14 * UNITS.d;

function stateOf(token: TokenRecord, people: readonly Person[], now: Date): string {
  const { createdAt, revokedAt, expiresAt, owner } = token;
  if (revokedAt !== undefined) return `revoked ${revokedAt}`;
  if (expiresAt !== undefined && isLater(createdAt, now)) {
    return 'NOT ACCEPTED: created while the clock was ahead; create another';
  }
  if (hasExpired(token, now)) return `expired ${expiresAt}`;
  const disabledAt = owner === null ? undefined : personNamed(people, owner)?.disabledAt;
  if (disabledAt !== undefined) {
    return `OWNER DISABLED ${disabledAt}: it reads, but nothing that it asks for is written`;
  }
  if (expiresAt === undefined) return 'active';
  const soon = Date.parse(expiresAt) - now.getTime() < SOON_MS;
  return soon ? `EXPIRES SOON ${expiresAt}` : `active until ${expiresAt}`;
}

/** Until when the secret before a rotation works on. */
function oldSecret(token: TokenRecord, now: Date): string {
  const { previous, revokedAt } = token;
  if (previous === undefined || revokedAt !== undefined || hasExpired(token, now)) return '';
  return Date.parse(previous.until) > now.getTime()
    ? `; its old secret works until ${previous.until}`
    : '';
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
