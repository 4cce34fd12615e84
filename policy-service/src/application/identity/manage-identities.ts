import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '../../domain/errors';
import { accountAddress, foldText } from '../../domain/identity/address';
import { isSamePerson } from '../../domain/identity/identity-check';
import { whyNotPlain } from '../../domain/identity/plain-name';
import {
  hasExpired,
  type Person,
  type Scope,
  type TokenRecord,
} from '../../domain/identity/identity';
import type { EntryBody } from '../../audit/entry';
import type { Deps } from '../change/deps';
import { assertPassword } from './assert-password';
import { livedBy, momentBy } from '../ports';
import { commit } from '../change/change-request';

/** Identities need neither rules nor an ERP, so the command line can manage them beside a running service. */
export type IdentityDeps = Pick<Deps, 'store' | 'clock' | 'random' | 'passwords' | 'log'>;

export interface NewToken {
  name: string;
  scopes: Scope[];
  owner: string | null;
  actions: string[] | null;
  actsFor: TokenRecord['actsFor'];
  /** ISO 8601; absent: until it is revoked. */
  expiresAt?: string;
}

const PREFIX_LENGTH = 12;
const MOST_TRIES = 8;

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
    owner: input.owner ? ownerOf(input.owner) : null,
    actions: input.actions,
    actsFor: input.actsFor,
    createdAt: deps.clock.now().toISOString(),
    ...(input.expiresAt === undefined ? {} : { expiresAt: input.expiresAt }),
  };
  await commit(deps, {
    tokens: [token],
    audit: [entry(deps, 'token.created', publicToken(token))],
  });
  return secret;
}

/** @throws AppError `invalid_parameter` */
function ownerOf(name: string): string {
  assertPlain([name]);
  return accountAddress(name) ?? foldText(name);
}

/** @throws AppError `not_found`, `concurrent_request` */
export async function revokeToken(deps: IdentityDeps, id: string): Promise<void> {
  // What others change meanwhile must neither be undone by it nor keep it from happening.
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const revision = await deps.store.revision();
    const token = (await deps.store.tokens()).find((one) => one.id === id);
    if (!token) throw new AppError('not_found', `There is no token ${id}. See: token list.`);
    if (token.revokedAt) return;
    const made = await commit(deps, {
      tokens: [{ ...token, revokedAt: deps.clock.now().toISOString() }],
      audit: [entry(deps, 'token.revoked', { id })],
      expectedRevision: revision,
    });
    if (made) return;
  }
  throw changedMeanwhile();
}

/**
 * Gives a token another secret. The one before works until `overlapMs` are over, so that its holder
 * can be changed without a gap.
 * @returns the new secret; it is shown once and never stored
 * @throws AppError `not_found`, `concurrent_request`
 */
export async function rotateToken(
  deps: IdentityDeps,
  id: string,
  overlapMs: number,
): Promise<string> {
  const revision = await deps.store.revision();
  const token = (await deps.store.tokens()).find((one) => one.id === id && !one.revokedAt);
  if (!token) throw new AppError('not_found', `There is no active token ${id}. See: token list.`);
  // The prefix finds the row, so it stays; all that is secret is new.
  const secret = `${token.prefix}${deps.random.secret()}`;
  const now = deps.clock.now();
  if (hasExpired(token, now)) {
    throw new AppError(
      'invalid_parameter',
      `The token ${id} has expired, so another secret would open nothing. Create a new token.`,
    );
  }
  const until = new Date(livedBy(deps.clock).getTime() + overlapMs).toISOString();
  const next: TokenRecord = {
    ...token,
    hash: hash(secret).toString('hex'),
    previous: { hash: token.hash, until },
  };
  const made = await commit(deps, {
    tokens: [next],
    audit: [entry(deps, 'token.rotated', { id, previousUntil: until })],
    expectedRevision: revision,
  });
  if (made) return secret;
  throw changedMeanwhile();
}

function changedMeanwhile(): AppError {
  return new AppError(
    'concurrent_request',
    'People, tokens, stops or policies were changed by others at the same moment. Repeat the command.',
  );
}

/** The token that a secret belongs to; undefined when it is unknown, expired or revoked. */
export async function tokenOf(
  deps: Pick<Deps, 'store' | 'clock'>,
  secret: string,
): Promise<TokenRecord | undefined> {
  const { now, lived } = momentBy(deps.clock);
  const found = await issuedToken(deps, secret);
  if (!found || found.revokedAt !== undefined || hasExpired(found, now)) return undefined;
  const { hash: current, previous } = found;
  const valid =
    sameHash(current, secret) || (previous !== undefined && lived.toISOString() < previous.until);
  return valid ? found : undefined;
}

/** The token that a secret was issued for, whether or not it is valid still. */
export async function issuedToken(
  deps: Pick<Deps, 'store'>,
  secret: string,
): Promise<TokenRecord | undefined> {
  const candidates = await deps.store.tokenByPrefix(secret.slice(0, PREFIX_LENGTH));
  return candidates.find(
    ({ hash: current, previous }) =>
      sameHash(current, secret) || (previous !== undefined && sameHash(previous.hash, secret)),
  );
}

/** Compared in constant time. */
function sameHash(stored: string, secret: string): boolean {
  return timingSafeEqual(Buffer.from(stored, 'hex'), hash(secret));
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

/** @throws AppError `invalid_parameter`, `already_exists`, `concurrent_request` */
export async function registerPerson(deps: IdentityDeps, input: NewPerson): Promise<Person> {
  const email = accountAddress(input.email);
  if (email === undefined) {
    throw new AppError('invalid_parameter', `"${input.email}" is not an e-mail address.`);
  }
  assertPlain([input.email, input.name, ...input.aliases]);
  assertPassword(deps, input.password, { email, name: input.name, aliases: input.aliases });
  const passwordHash = await deps.passwords.hash(input.password);
  // A service that starts beside the command moves the revision as well, so it is tried again.
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const revision = await deps.store.revision();
    await assertNoTwin(deps, { email, aliases: input.aliases }, input.separate === true);
    const person: Person = {
      email,
      name: input.name,
      roles: input.roles,
      aliases: input.aliases,
      passwordHash,
      createdAt: deps.clock.now().toISOString(),
    };
    const made = await commit(deps, {
      people: [person],
      audit: [entry(deps, 'person.created', publicPerson(person))],
      expectedRevision: revision,
    });
    if (made) return person;
  }
  throw changedMeanwhile();
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

/** @throws AppError `invalid_parameter` when a new name looks like another one */
export function assertPlain(names: readonly string[]): void {
  const why = names.map(whyNotPlain).find((one) => one !== undefined);
  if (why !== undefined) throw new AppError('invalid_parameter', why);
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** An entry of the command line. */
export function entry(deps: IdentityDeps, type: string, data: Record<string, unknown>): EntryBody {
  return {
    type,
    at: deps.clock.now().toISOString(),
    actor: { kind: 'cli', id: 'command-line' },
    data,
  };
}

/** A token as it may be shown: everything but what proves or finds its secret. */
export function publicToken(token: TokenRecord): Omit<TokenRecord, 'hash' | 'prefix' | 'previous'> {
  const shown: Partial<TokenRecord> = { ...token };
  delete shown.hash;
  delete shown.prefix;
  delete shown.previous;
  return shown as Omit<TokenRecord, 'hash' | 'prefix' | 'previous'>;
}

/** A person as they may be shown: without the password's hash. */
export function publicPerson(person: Person): Omit<Person, 'passwordHash'> {
  const shown: Partial<Person> = { ...person };
  delete shown.passwordHash;
  return shown as Omit<Person, 'passwordHash'>;
}
