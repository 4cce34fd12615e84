import type { IdShape } from '../vocabulary';
import { isAscii, lookalike } from './characters';

const IMITATED = /^([A-Za-z]{1,8})[-_]?([0-9OoQlISsBZ|]{1,12})$/;

/**
 * Tells whether a run of characters imitates a record number without being one: a wrong count of
 * digits, letters for digits, or characters outside ASCII. Returns the prefix that it imitates,
 * `?` when that is unclear, undefined when it is an ordinary word.
 */
export function readNearId(chunk: string, shapes: IdShape[]): string | undefined {
  const plain = lookalike(chunk).replace(/-+$/, '');
  const foreign = !isAscii(chunk);
  const match = IMITATED.exec(plain);
  const prefix = (match?.[1] ?? '').toUpperCase();
  const tail = match?.[2] ?? '';
  const digits = (tail.match(/\d/g) ?? []).length;
  const hyphen = /[-_]/.test(plain);
  const shape = shapes.find((one) => one.prefix !== '' && one.prefix === prefix);
  if (shape && (hyphen ? digits > 0 || tail.length >= shape.digits : digits >= 2))
    return shape.prefix;
  // A foreign letter in the prefix: only the digits tell that an id is imitated.
  if (foreign && /^\p{L}{1,8}-?\d{2,12}$/u.test(plain)) return '?';
  const extended = /^([A-Za-z]{1,8})-?\d{1,12}(?:[-_]?[A-Za-z0-9]{1,12}){1,3}$/.exec(plain);
  const longer = shapes.find(
    (one) => one.prefix !== '' && one.prefix === extended?.[1]?.toUpperCase(),
  );
  return longer?.prefix;
}
