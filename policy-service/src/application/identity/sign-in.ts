import { createHmac } from 'node:crypto';
import type { EntryBody } from '../../audit/entry';
import { sha256Hex } from '../../domain/canonical-json';
import { after, SESSION_SECONDS } from '../../domain/deadlines';
import { AppError } from '../../domain/errors';
import { accountAddress, foldText, isOneAddress } from '../../domain/identity/address';
import type { Person, Session } from '../../domain/identity/identity';
import { actorOf } from '../change/caller';
import type { Deps } from '../change/deps';
import { findPerson } from './find-person';
import { livedBy, type ChangeSet } from '../ports';
import { commit } from '../change/change-request';

export interface SignedIn {
  /** Value of the session cookie; only its SHA-256 is stored. */
  cookie: string;
  csrfToken: string;
  expiresAt: string;
  person: Person;
}

/** Verified against when no such person exists, so that both refusals take the same time. */
let decoy: Promise<string> | undefined;

/** Who tries to sign in, and from where. */
export interface Attempt {
  email: string;
  password: string;
  /** Network address of the caller. */
  address: string;
  traceId: string;
}

/**
 * @throws AppError `invalid_credentials`, the same for an unknown person and a wrong password;
 *   `rate_limited` while guesses are held back
 */
export async function signIn(
  deps: Deps,
  { email, password, address, traceId }: Attempt,
): Promise<SignedIn> {
  const found = isOneAddress(email) ? await findPerson(deps.store, email) : undefined;
  // By what was found and not by what was sent, so that no spelling begins a count of its own.
  const account = found?.email ?? accountAddress(email) ?? foldText(email);
  const admitted = deps.signInDelays.admit(account, address, livedBy(deps.clock));
  const { person, matches } = await compared(deps, found?.email, password).catch(
    (error: unknown) => {
      admitted.notMade();
      throw error;
    },
  );
  const now = deps.clock.now();
  if (!person || person.disabledAt || !matches) {
    const refusal = new AppError('invalid_credentials', 'The e-mail or the password is wrong.');
    // Recorded and counted alike for everybody, so that the time it takes does not tell who exists.
    await deps.calls.note(
      {
        type: 'person.sign_in_refused',
        actor: { kind: 'service', id: 'sign-in' },
        address,
        traceId,
        data: { email: person?.email ?? 'unknown' },
        apart: account,
      },
      refusal,
    );
    throw refusal;
  }
  admitted.succeeded();
  const cookie = deps.random.secret();
  const expiresAt = after(now, SESSION_SECONDS);
  const session: Session = {
    idHash: sha256Hex(cookie),
    email: person.email,
    createdAt: now.toISOString(),
    expiresAt,
    // As it was before the password was checked: what changed meanwhile ends this session too.
    ...(person.sessionEpoch === undefined ? {} : { epoch: person.sessionEpoch }),
  };
  const signedIn: EntryBody = {
    type: 'person.signed_in',
    at: now.toISOString(),
    traceId,
    actor: actorOf({ kind: 'person', person, traceId }),
    data: {},
  };
  await orWithoutEntry(deps, { sessions: [session], audit: [signedIn] }, () => {
    deps.log.warn({ person: person.email }, 'signed in to read, without an entry');
    // Good for reading what is damaged; it ends when the log is sound again.
    return { sessions: [{ ...session, unrecorded: true }] };
  });
  return { cookie, csrfToken: csrfTokenOf(cookie), expiresAt, person };
}

/** Takes the same time whether or not there is such a person. */
async function compared(
  deps: Deps,
  email: string | undefined,
  password: string,
): Promise<{ person?: Person; matches: boolean }> {
  // Read anew: it may have changed while others had their turn.
  const person = email === undefined ? undefined : await deps.store.person(email);
  decoy ??= deps.passwords.hash(deps.random.secret()).catch((error: unknown) => {
    decoy = undefined;
    throw error;
  });
  const expected = await decoy;
  const matches = await deps.passwords.verify(password, person?.passwordHash ?? expected);
  return { ...(person ? { person } : {}), matches };
}

/** Ends a session; an unknown one is ended already. */
export async function signOut(deps: Deps, cookie: string): Promise<void> {
  const session = await sessionOf(deps, cookie);
  if (!session) return;
  const signedOut: EntryBody = {
    type: 'person.signed_out',
    at: deps.clock.now().toISOString(),
    actor: { kind: 'person', id: session.person.email },
    data: {},
  };
  const sessionsEnded = [sha256Hex(cookie)];
  await orWithoutEntry(deps, { sessionsEnded, audit: [signedOut] }, () => ({ sessionsEnded }));
}

/** While the log is damaged nothing can be entered, and yet people must see how it stands. */
async function orWithoutEntry(
  deps: Deps,
  whole: ChangeSet,
  without: () => ChangeSet,
): Promise<void> {
  try {
    await commit(deps, whole);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'log_broken') throw error;
    await commit(deps, without());
  }
}

/** The person behind a session cookie, or undefined when it is unknown, over, or they are disabled. */
export async function sessionOf(
  deps: Deps,
  cookie: string | undefined,
): Promise<{ person: Person; csrfToken: string } | undefined> {
  if (!cookie) return undefined;
  const session = await deps.store.session(sha256Hex(cookie));
  if (!session) return undefined;
  const now = deps.clock.now();
  const idleMs = now.getTime() - Date.parse(session.lastUsedAt ?? session.createdAt);
  const over = session.expiresAt <= now.toISOString() || idleMs > deps.settings.sessionIdleMs;
  // Used in the future: the clock was set back, and nobody knows for how long it was unused.
  if (over || idleMs < -USE_KEPT_EVERY_MS) {
    // Removed, so that no other time brings it to life again.
    await keepQuietly(deps, { sessionsEnded: [session.idHash] });
    return undefined;
  }
  if (session.unrecorded && !(await deps.store.log.damage())) return undefined;
  const person = await deps.store.person(session.email);
  if (!person || person.disabledAt) return undefined;
  if ((session.epoch ?? 0) !== (person.sessionEpoch ?? 0)) return undefined;
  if (idleMs > USE_KEPT_EVERY_MS) {
    const lastUsedAt = now.toISOString();
    await keepQuietly(deps, { sessionsUsed: [{ idHash: session.idHash, at: lastUsedAt }] });
  }
  return { person, csrfToken: csrfTokenOf(cookie) };
}

/** A read is no write each time. */
const USE_KEPT_EVERY_MS = 60_000;

/** That it cannot be kept changes nothing for the call that is under way. */
async function keepQuietly(deps: Deps, changes: ChangeSet): Promise<void> {
  await deps.store
    .commit(changes)
    .catch((error: unknown) => deps.log.warn({ err: String(error) }, 'a session was not kept'));
}

/** Derived from what only the browser and this call know, so that nothing of it is stored. */
function csrfTokenOf(cookie: string): string {
  return createHmac('sha256', cookie).update('csrf').digest('base64url');
}
