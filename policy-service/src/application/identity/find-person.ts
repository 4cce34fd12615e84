import { accountAddress } from '../../domain/identity/address';
import { isSamePerson } from '../../domain/identity/identity-check';
import type { Person } from '../../domain/identity/identity';
import type { Store } from '../ports';

/**
 * The account of an e-mail, however it is decorated; subaddresses and dots tell accounts apart.
 * Accounts of an earlier version may be kept under an address in another form, so those are
 * compared in today's form.
 */
export async function findPerson(
  store: Pick<Store, 'person' | 'people'>,
  email: string,
): Promise<Person | undefined> {
  const address = accountAddress(email);
  if (address === undefined) return undefined;
  return (
    (await store.person(address)) ??
    (await store.people()).find((person) => accountAddress(person.email) === address)
  );
}

/**
 * The person that a name belongs to: the account of exactly that address, else whoever counts as
 * the same person, a disabled one first.
 */
export function personNamed(people: readonly Person[], name: string): Person | undefined {
  const address = accountAddress(name);
  const exact =
    address === undefined
      ? undefined
      : people.find((person) => accountAddress(person.email) === address);
  if (exact) return exact;
  const same = people.filter((person) => isSamePerson(person, name, people));
  return same.find(({ disabledAt }) => disabledAt !== undefined) ?? same[0];
}
