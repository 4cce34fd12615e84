import type { Person } from './identity';

/**
 * One form for comparing who somebody is: NFKC without invisible characters, trimmed, lower case;
 * of `Name <address>` the address.
 */
export function identityKey(name: string): string {
  const plain = name.normalize('NFKC').replace(/\p{C}/gu, '').trim().toLowerCase();
  return /<([^<>]+)>$/.exec(plain)?.[1]?.trim() ?? plain;
}

/** Every name under which a person may appear. */
export function identitiesOf(person: Person): Set<string> {
  return new Set([person.email, ...person.aliases].map(identityKey));
}

/**
 * Whether an approver is the requester under another name: the claimed requester, the token's
 * owner, or anybody who shares an e-mail or alias with them (separation of duties).
 * @param involved people of the table that the requester's claim or the token's owner lead to
 */
export function isSamePerson(approver: Person, claims: string[], involved: Person[]): boolean {
  const own = identitiesOf(approver);
  return (
    claims.some((claim) => own.has(identityKey(claim))) ||
    involved.some((person) => [...identitiesOf(person)].some((name) => own.has(name)))
  );
}

/** Whether two names may belong to one person: the same in their one form, or through the table. */
export function sharesIdentity(a: string, b: string, people: readonly Person[]): boolean {
  const names = namesBehind(a, people);
  return [...namesBehind(b, people)].some((name) => names.has(name));
}

function namesBehind(name: string, people: readonly Person[]): Set<string> {
  const key = identityKey(name);
  const names = new Set([key]);
  for (const person of people) {
    const own = identitiesOf(person);
    if (own.has(key)) own.forEach((one) => names.add(one));
  }
  return names;
}
