import type { EntryBody } from '../../audit/entry';
import { AppError } from '../../domain/errors';
import { isSamePerson } from '../../domain/identity/identity-check';
import type { Person } from '../../domain/identity/identity';
import { assertPlain, entry, type IdentityDeps } from './manage-identities';
import { commit } from '../change/change-request';
import { assertPassword } from './assert-password';
import { findPerson } from './find-person';

/** What is to be otherwise; what is absent stays. */
export interface PersonChange {
  name?: string;
  roles?: string[];
  aliases?: string[];
  disabled?: boolean;
  password?: string;
}

const MOST_TRIES = 8;

/**
 * Changes a person, with an entry for each kind of change. Their sessions end when they are
 * disabled or get another password. Of two changes at once the second is made on what the first
 * left, so none undoes the other.
 * @throws AppError `not_found`, `invalid_parameter`, `already_exists`, `concurrent_request`
 */
export async function changePerson(
  deps: IdentityDeps,
  email: string,
  change: PersonChange,
): Promise<Person> {
  assertPlain([...(change.aliases ?? []), ...(change.name === undefined ? [] : [change.name])]);
  let passwordHash: string | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const revision = await deps.store.revision();
    const before = await findPerson(deps.store, email);
    if (!before) throw new AppError('not_found', `There is no person ${email}. See: person list.`);
    if (change.aliases) await assertFree(deps, before, change.aliases);
    if (change.password !== undefined) {
      assertPassword(deps, change.password, before);
      passwordHash ??= await deps.passwords.hash(change.password);
    }
    const { after, entries } = changed(deps, before, change, passwordHash);
    if (entries.length === 0) return before;
    const made = { people: [after], audit: entries, expectedRevision: revision };
    if (await commit(deps, made)) return after;
  }
  throw new AppError(
    'concurrent_request',
    'People, tokens, stops or policies are being changed by others at the same moment. Repeat the command.',
  );
}

function changed(
  deps: IdentityDeps,
  before: Person,
  change: PersonChange,
  passwordHash: string | undefined,
): { after: Person; entries: EntryBody[] } {
  const { email } = before;
  const now = deps.clock.now().toISOString();
  const after: Person = { ...before };
  const entries: EntryBody[] = [];
  const { name = before.name, roles = before.roles, aliases = before.aliases } = change;
  const described = ({ name, roles, aliases }: Person): object => ({ name, roles, aliases });
  if (JSON.stringify([name, roles, aliases]) !== JSON.stringify(Object.values(described(before)))) {
    Object.assign(after, { name, roles, aliases });
    const data = { email, before: described(before), after: described(after) };
    entries.push(entry(deps, 'person.changed', data));
  }
  if (change.disabled === true && before.disabledAt === undefined) {
    Object.assign(after, { disabledAt: now, sessionEpoch: epochAfter(before) });
    entries.push(entry(deps, 'person.disabled', { email }));
  }
  if (change.disabled === false && before.disabledAt !== undefined) {
    delete after.disabledAt;
    entries.push(entry(deps, 'person.enabled', { email }));
  }
  if (passwordHash !== undefined) {
    Object.assign(after, { passwordHash, sessionEpoch: epochAfter(before) });
    entries.push(entry(deps, 'person.password_changed', { email }));
  }
  return { after, entries };
}

function epochAfter({ sessionEpoch = 0 }: Person): number {
  return sessionEpoch + 1;
}

/** An alias that is somebody else's would make two people one. @throws AppError `already_exists` */
async function assertFree(deps: IdentityDeps, person: Person, aliases: string[]): Promise<void> {
  const others = (await deps.store.people()).filter(({ email }) => email !== person.email);
  for (const alias of aliases) {
    const holder = others.find((one) => isSamePerson(alias, one, others));
    if (!holder || isSamePerson(person, holder, [person, ...others])) continue;
    throw new AppError('already_exists', `"${alias}" is a name of ${holder.email} already.`);
  }
}
