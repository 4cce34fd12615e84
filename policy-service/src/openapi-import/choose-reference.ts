import { Unsupported } from './import-error';
import { argumentName } from './names';
import type { ImportOperation } from './operations';

/** Names of a record itself, whatever it is. */
const OWN = ['id', 'uuid', 'reference', 'ref', 'number', 'key', 'code'];
const OF_ENTITY = /^(.+)_(id|uuid|number|key|ref|code)$/;

/**
 * The member of an answer that names what was written. An id of something else, such as the vendor
 * of a bill, would let an undo change the wrong record: what is not sure is asked.
 * @param members required members of the answer
 * @param given pointer or `none`, as the person who imports says
 * @returns name of the member; undefined where there is none
 * @throws Unsupported naming the candidates
 */
export function chooseReference(
  operation: ImportOperation,
  members: string[],
  sent: string[],
  given: string | undefined,
): string | undefined {
  if (given === 'none') return undefined;
  if (given !== undefined) {
    const named = members.find((name) => `/${name}` === given);
    if (named !== undefined) return named;
    throw new Unsupported(
      `its answer has no required member ${given}; --reference can name ${list(members)}`,
    );
  }
  const candidates = members.filter((name) => {
    const plain = argumentName(name);
    return OWN.includes(plain) || OF_ENTITY.test(plain);
  });
  const own = candidates.filter((name) => isOwn(name, operation, sent));
  const [sure] = own.filter((name) => /^(id|uuid)$/.test(argumentName(name)));
  // A bare code says as often how a call went as what it wrote.
  const telling = own.filter((name) => argumentName(name) !== 'code');
  if (sure !== undefined || telling.length === 1) return sure ?? telling[0];
  const possible = own.length > 0 ? own : candidates.filter((name) => !sent.includes(name));
  if (possible.length === 0) return undefined;
  throw new Unsupported(
    `it is not clear which member of its answer names what is written: ${list(possible)}. Say it with --reference ${operation.id}=/${possible[0] ?? ''}, or =none if none of them does`,
  );
}

function isOwn(name: string, { path }: ImportOperation, sent: string[]): boolean {
  const segments = path.split('/').filter((part) => part !== '');
  // The record that the path ends with is the one that is written.
  const itself = segments.at(-1) === `{${name}}`;
  if (sent.includes(name) && !itself) return false;
  const plain = argumentName(name);
  if (OWN.includes(plain) || itself) return true;
  const entity = OF_ENTITY.exec(plain)?.[1];
  const last = segments.filter((part) => !part.startsWith('{')).at(-1) ?? '';
  const resource = argumentName(last);
  return [entity, `${entity}s`, `${entity}es`, entity?.replace(/y$/, 'ies')].includes(resource);
}

function list(names: string[]): string {
  return names.map((name) => `/${name}`).join(', ') || 'none';
}
