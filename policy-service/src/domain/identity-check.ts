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
