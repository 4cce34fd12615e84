/** A number as written, or why it cannot be read. */
export type Literal = { value: string } | { problem: 'ambiguous' | 'malformed' };

/**
 * Reads a decimal literal with its separators (sign excluded). A comma before exactly three digits
 * groups thousands; with both separators the last one is the decimal one; a single dot before
 * exactly three digits is ambiguous unless `threeDecimals` or `dotThousands` tells what it is.
 * Returns a plain decimal string such as `1250.5`.
 */
export function readLiteral(
  raw: string,
  options: { threeDecimals?: boolean; dotThousands?: boolean } = {},
): Literal {
  const text = raw.replace(/[.,]-$/, '').replace(/[ \u00a0\u202f'\u2019]/g, '_');
  const separators = [...text].filter((c) => /[.,_]/.test(c));
  if (separators.length === 0) return { value: plain(text, '') };
  if (separators.includes('_') && !/^\d{1,3}(?:_\d{3})+(?:[.,]\d+)?$/.test(text))
    return { problem: 'malformed' };
  const rest = text.replace(/_/g, '');
  const commas = count(rest, ',');
  const dots = count(rest, '.');
  if (commas === 0 && dots === 0) return { value: plain(rest, '') };
  if (commas > 0 && dots > 0) {
    const decimal = rest.lastIndexOf(',') > rest.lastIndexOf('.') ? ',' : '.';
    const [whole = '', fraction = '', ...more] = rest.split(decimal);
    const group = decimal === ',' ? '.' : ',';
    return more.length === 0 && grouped(whole, group)
      ? { value: plain(whole, fraction) }
      : { problem: 'malformed' };
  }
  const mark = commas > 0 ? ',' : '.';
  const parts = rest.split(mark);
  const [whole = '', fraction = ''] = parts;
  if (parts.length > 2)
    return grouped(rest, mark) ? { value: plain(rest, '') } : { problem: 'malformed' };
  if (text.includes('_')) return { value: plain(whole, fraction) };
  if (fraction.length !== 3)
    return mark === ',' && fraction.length > 3
      ? { problem: 'malformed' }
      : { value: plain(whole, fraction) };
  if (whole === '0' || whole.length > 3)
    return mark === '.' || whole === '0'
      ? { value: plain(whole, fraction) }
      : { problem: 'malformed' };
  if (mark === ',') return { value: plain(rest, '') };
  if (options.threeDecimals) return { value: plain(whole, fraction) };
  return options.dotThousands ? { value: plain(rest, '') } : { problem: 'ambiguous' };
}

/** Thousands groups, or the Indian way of two digits before the last three. */
function grouped(whole: string, mark: string): boolean {
  const parts = whole.split(mark);
  if (parts.length === 1) return true;
  const [first = '', ...rest] = parts;
  const last = rest.at(-1) ?? '';
  const middle = rest.slice(0, -1);
  if (last.length !== 3 || first.length === 0) return false;
  const western = first.length <= 3 && middle.every((part) => part.length === 3);
  return (
    western ||
    (mark === ',' &&
      first.length <= 2 &&
      middle.length > 0 &&
      middle.every((part) => part.length === 2))
  );
}

function plain(whole: string, fraction: string): string {
  const digits = whole.replace(/[.,]/g, '').replace(/^0+(?=\d)/, '') || '0';
  return fraction === '' ? digits : `${digits}.${fraction}`;
}

function count(text: string, mark: string): number {
  return text.split(mark).length - 1;
}

/** Multiplies a decimal string by a power of ten without rounding. */
export function shift(value: string, places: number): string {
  const [whole = '0', fraction = ''] = value.split('.');
  const padded = fraction.padEnd(places, '0');
  return plain(whole + padded.slice(0, places), padded.slice(places).replace(/0+$/, ''));
}

/** At least two decimals; further ones stay as they were written. */
export function money(value: string): string {
  const [whole = '0', fraction = ''] = value.split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}
