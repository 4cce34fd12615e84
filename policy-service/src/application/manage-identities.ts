import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '../domain/errors';
import { accountAddress, foldText } from '../domain/address';
import { isSamePerson } from '../domain/identity-check';
import type { Person, Scope, TokenRecord } from '../domain/identity';
import type { EntryBody } from '../audit/entry';
import type { Deps } from './deps';
import { commit } from './unit-of-work';

/** Identities need neither rules nor an ERP, so the command line can manage them beside a running service. */
type IdentityDeps = Pick<Deps, 'store' | 'clock' | 'random' | 'passwords' | 'log'>;

export interface NewToken {
  name: string;
  scopes: Scope[];
  owner: string | null;
  actions: string[] | null;
  actsFor: TokenRecord['actsFor'];
}

const PREFIX_LENGTH = 12;

/**
 * Creates a service token. Its owner is held to separation of duties by e-mail, whether or not a
 * person of that e-mail exists yet.
 * @returns the secret; it is shown once and never stored
 */
export async function issueToken(deps: IdentityDeps, input: NewToken): Promise<string> {
  const secret = `el_${deps.random.secret()}`;
  const token: TokenRecord = {
    id: deps.random.id('tok'),
    name: input.name,
    prefix: secret.slice(0, PREFIX_LENGTH),
    hash: hash(secret).toString('hex'),
    scopes: input.scopes,
    owner: input.owner ? (accountAddress(input.owner) ?? foldText(input.owner)) : null,
    actions: input.actions,
    actsFor: input.actsFor,
    createdAt: deps.clock.now().toISOString(),
  };
  await commit(deps, {
    tokens: [token],
    audit: [entry(deps, 'token.created', publicToken(token))],
  });
  return secret;
}

/** @throws AppError `not_found` */
export async function revokeToken(deps: IdentityDeps, id: string): Promise<void> {
  const token = (await deps.store.tokens()).find((one) => one.id === id);
  if (!token) throw new AppError('not_found', `There is no token ${id}. See: token list.`);
  if (token.revokedAt) return;
  const revokedAt = deps.clock.now().toISOString();
  await commit(deps, {
    tokens: [{ ...token, revokedAt }],
    audit: [entry(deps, 'token.revoked', { id })],
  });
}

/** The token that a secret belongs to, compared in constant time; undefined when unknown or revoked. */
export async function tokenOf(
  deps: Pick<Deps, 'store'>,
  secret: string,
): Promise<TokenRecord | undefined> {
  const candidates = await deps.store.tokenByPrefix(secret.slice(0, PREFIX_LENGTH));
  const given = hash(secret);
  const found = candidates.find((token) => timingSafeEqual(Buffer.from(token.hash, 'hex'), given));
  return found && !found.revokedAt ? found : undefined;
}

export interface NewPerson {
  email: string;
  name: string;
  roles: string[];
  aliases: string[];
  password: string;
  /** They are somebody else, although their names fold to those of an account. */
  separate?: boolean;
}

/** NIST SP 800-63B: at least eight characters. */
const MIN_PASSWORD = 8;

/** @throws AppError `invalid_parameter`, `already_exists` */
export async function registerPerson(deps: IdentityDeps, input: NewPerson): Promise<Person> {
  const email = accountAddress(input.email);
  if (email === undefined) {
    throw new AppError('invalid_parameter', `"${input.email}" is not an e-mail address.`);
  }
  if (input.password.length < MIN_PASSWORD) {
    throw new AppError(
      'invalid_parameter',
      `A password needs at least ${MIN_PASSWORD} characters.`,
    );
  }
  await assertNoTwin(deps, { email, aliases: input.aliases }, input.separate === true);
  const person: Person = {
    email,
    name: input.name,
    roles: input.roles,
    aliases: input.aliases,
    passwordHash: await deps.passwords.hash(input.password),
    createdAt: deps.clock.now().toISOString(),
  };
  await commit(deps, {
    people: [person],
    audit: [entry(deps, 'person.created', publicPerson(person))],
  });
  return person;
}

/**
 * One person has one account. Two people whose addresses differ only in dots or a subaddress can
 * both have one, if whoever creates it says so.
 * @throws AppError `already_exists`
 */
async function assertNoTwin(
  deps: IdentityDeps,
  named: Pick<Person, 'email' | 'aliases'>,
  separate: boolean,
): Promise<void> {
  const people = await deps.store.people();
  const same = people.find((one) => accountAddress(one.email) === named.email);
  if (same) throw new AppError('already_exists', `There is a person ${same.email} already.`);
  const names = [named.email, ...named.aliases];
  const twin = people.find((one) => names.some((name) => isSamePerson(name, one, people)));
  if (!twin || separate) return;
  throw new AppError(
    'already_exists',
    `${named.email} or one of the aliases counts as ${twin.email}. If it is the same person, add the address to that account as an alias. If they are two people, create it with --separate: both can sign in, but neither decides on what the other asked for, and together they count as one vote.`,
  );
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function entry(deps: IdentityDeps, type: string, data: Record<string, unknown>): EntryBody {
  return {
    type,
    at: deps.clock.now().toISOString(),
    actor: { kind: 'cli', id: 'command-line' },
    data,
  };
}

/** A token as it may be shown: everything but what proves or finds its secret. */
export function publicToken(token: TokenRecord): Omit<TokenRecord, 'hash' | 'prefix'> {
  const shown: Partial<TokenRecord> = { ...token };
  delete shown.hash;
  delete shown.prefix;
  return shown as Omit<TokenRecord, 'hash' | 'prefix'>;
}

/** A person as they may be shown: without the password's hash. */
export function publicPerson(person: Person): Omit<Person, 'passwordHash'> {
  const shown: Partial<Person> = { ...person };
  delete shown.passwordHash;
  return shown as Omit<Person, 'passwordHash'>;
}
