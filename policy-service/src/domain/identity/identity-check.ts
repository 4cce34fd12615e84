import { foldText, parseName, type Mailbox } from './address';
import type { Person } from './identity';

/**
 * Who is who, for separation of duties, quorums, stops and limits. Comparing folds more than an
 * account's address does: `ana.s+x@example.com` is `anas@example.com`, because most mail systems
 * deliver both to one person. Where that joins two people, they count as one: nobody gains a second
 * vote by it.
 */
interface Identity {
  /** What names somebody for certain: folded addresses, names in angle brackets. */
  keys: ReadonlySet<string>;
  /** Of each address or bracketed name the one key that every spelling of it has. */
  handles: ReadonlySet<string>;
  /** A display name beside them, or the whole of a name that is no address. */
  words: ReadonlySet<string>;
}

/** Somebody by a claim or an account. */
export type Named = string | Person;

/**
 * Whether two names, accounts or one of each belong to one person: by address or name in whatever
 * spelling, or through people of the table who share an e-mail or alias with both.
 * @param people the people table, disabled ones too
 */
export function isSamePerson(a: Named, b: Named, people: readonly Person[]): boolean {
  const wanted = sideOf(b);
  const rest = new Set(people.map(sideOf));
  const open = [sideOf(a)];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (matches(one, wanted)) return true;
    for (const other of rest) {
      if (!matches(one, other)) continue;
      rest.delete(other);
      open.push(other);
    }
  }
  return false;
}

/** How many different people these are. */
export function countPeople(named: readonly Named[], people: readonly Person[]): number {
  const different: Named[] = [];
  for (const one of named) {
    if (!different.some((other) => isSamePerson(one, other, people))) different.push(one);
  }
  return different.length;
}

/** Whether a text says who somebody is: it is not empty once folded. */
export function namesSomebody(name: string): boolean {
  return foldText(name) !== '';
}

/**
 * Why a name that comes in is not taken as a requester's: it names several, so that what one person
 * did could be counted under any number of names. Stored ones stay what they are.
 * @returns a sentence that says what to write; undefined for a name of one
 */
export function whyNotOne(name: string): string | undefined {
  return identityOf(name).handles.size > 1
    ? 'The name can be read as more than one address or name. Write one address, or one name, and nothing beside it.'
    : undefined;
}

/** One form of a name for counting what one requester did: the same for every spelling of it. */
export function identityKey(name: string): string {
  const { keys, handles, words } = identityOf(name);
  if (handles.size === 1) return [...handles].join();
  return [...(keys.size > 0 ? keys : words)].sort().join(' ');
}

/**
 * The account under whose e-mail a requester is counted: of all that are one person with them
 * always the same one.
 */
export function accountOf(name: string, people: readonly Person[]): string | undefined {
  const same = people.filter((person) => isSamePerson(person, name, people));
  return same.map(({ email }) => email).sort()[0];
}

type Side =
  | { claim: Identity }
  /** The display name beside what is certain. */
  | { person: ReadonlySet<string>; called: ReadonlySet<string> };

function sideOf(named: Named): Side {
  if (typeof named === 'string') return { claim: identityOf(named) };
  const names = [named.email, ...named.aliases].map(identityOf);
  // An alias that is no address was given on purpose, so it names the person like an address does.
  const person = new Set(names.flatMap(({ keys, words }) => [...(keys.size ? keys : words)]));
  const { keys, words } = identityOf(named.name);
  return { person, called: keys.size === 0 ? words : new Set() };
}

function matches(a: Side, b: Side): boolean {
  if ('person' in a) return 'person' in b ? meet(a.person, b.person) : names(b.claim, a);
  if ('person' in b) return names(a.claim, b);
  // Two people may have one display name: it counts only where one side has nothing else.
  const certain = a.claim.keys.size > 0 && b.claim.keys.size > 0;
  return certain ? meet(a.claim.keys, b.claim.keys) : meet(allOf(a.claim), allOf(b.claim));
}

/** Two people may have one display name, so it counts only for a claim that has nothing else. */
function names(claim: Identity, { person, called }: Extract<Side, { called: unknown }>): boolean {
  return meet(allOf(claim), person) || (claim.keys.size === 0 && meet(claim.words, called));
}

function allOf({ keys, words }: Identity): Set<string> {
  return new Set([...keys, ...words]);
}

function meet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...a].some((one) => b.has(one));
}

const known = new Map<string, Identity>();
const MOST_KNOWN = 10_000;

function identityOf(name: string): Identity {
  const found = known.get(name);
  if (found) return found;
  const { mailboxes, bracketed, words } = parseName(name);
  const addresses = mailboxes.map((one) => [one, ...relayedBy(one)].flatMap(addressKeys));
  const others = bracketed.map(caseless);
  const keys = new Set([...addresses.flat(), ...others]);
  const handles = new Set([...addresses.map((forms) => forms.at(-1) ?? ''), ...others]);
  const rest = words || (keys.size === 0 ? foldText(name) : '');
  const identity = { keys, handles, words: new Set(rest === '' ? [] : [caseless(rest)]) };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, identity);
  return identity;
}

/** `ana%example.com@relay` and `example.com!ana@relay` reach ana at example.com, where relays do that. */
function relayedBy({ local }: Mailbox): Mailbox[] {
  const [, before = '', after = ''] = /^([^%!]+)[%!](.+)$/u.exec(local) ?? [];
  const turned = local.includes('!') ? [after, before] : [before, after];
  return turned.every((part) => part !== '') ? parseName(turned.join('@')).mailboxes : [];
}

/** Without subaddress, dots, quotes and marks around it; of `?to=ana` the last part, too. */
function addressKeys({ local, domain }: Mailbox): string[] {
  return [local, local.split(/[?=&/|]/u).at(-1) ?? local].map((text) => {
    const inner = text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}\p{M}]+$/gu, '');
    const folded = (inner.split('+')[0] ?? '').replace(/[\s.'"`\p{Pi}\p{Pf}]/gu, '');
    return `${caseless(folded || text || local)}@${domain}`;
  });
}

/** Letters whose upper forms are one (ß and ss, σ and ς) are one. */
function caseless(text: string): string {
  return text.toUpperCase().toLowerCase().normalize('NFKC');
}
