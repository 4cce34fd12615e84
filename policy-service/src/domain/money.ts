/** ISO 4217 currencies with three decimal places; every other one is written with two here. */
const THREE_DECIMALS = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND']);

/** Digits before the decimal point that an amount may have. */
const MAX_INTEGER_DIGITS = 14;

/** Internal scale of a Decimal: fine enough for every currency and for a rule's own constants. */
const SCALE = 4;
const DECIMAL_PATTERN = /^-?(0|[1-9][0-9]*)(\.[0-9]{1,4})?$/;

/** Decimal places that amounts of a currency are written with: 3 for three-decimal ones, else 2. */
export function decimalPlaces(currency: string): 2 | 3 {
  return THREE_DECIMALS.has(currency) ? 3 : 2;
}

/** An exact decimal number as rules see amounts: `units` counts ten-thousandths. */
export class Decimal {
  private constructor(readonly units: bigint) {}

  /**
   * @param text plain decimal, at most four places, no exponent, no grouping
   * @throws RangeError for anything else
   */
  static parse(text: string): Decimal {
    const units = Decimal.unitsOf(text);
    if (units === undefined) {
      throw new RangeError(`"${text.slice(0, 40)}" is not a decimal number such as "10000.00"`);
    }
    return new Decimal(units);
  }

  /** Ten-thousandths of a plain decimal; undefined for anything else. */
  static unitsOf(text: string): bigint | undefined {
    if (text.length > 32 || !DECIMAL_PATTERN.test(text)) return undefined;
    const point = text.indexOf('.');
    const fraction = point === -1 ? '' : text.slice(point + 1);
    const integer = point === -1 ? text : text.slice(0, point);
    return BigInt(integer + fraction.padEnd(SCALE, '0'));
  }

  /** Plain text of a count of ten-thousandths, at least two decimal places: `12500.00`. */
  static format(units: bigint): string {
    const digits = String(units).padStart(SCALE + 1, '0');
    const text = `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`;
    return text.replace(/0{1,2}$/, '');
  }
}

export type AmountResult = { ok: true; amount: string } | { ok: false; message: string };

/**
 * Brings an amount into its one form, 'N.NN' ('N.NNN' for three-decimal currencies), so that equal
 * amounts have equal bytes in the digest.
 * @param value a decimal string, or a JSON number that is a safe integer
 * @param currency ISO 4217 code
 */
export function normaliseAmount(value: unknown, currency: string): AmountResult {
  const refuse = (message: string): AmountResult => ({ ok: false, message });
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) {
      return refuse('Write an amount with decimals as a string, for example "2500.50".');
    }
  } else if (typeof value !== 'string') {
    return refuse('Write the amount as a decimal string, for example "2500.00".');
  }
  const text = String(value);
  const match = /^([0-9]+)(?:\.([0-9]+))?$/.exec(text.length <= 32 ? text : '');
  if (!match) {
    return refuse('Write the amount as a plain decimal above 0, for example "2500.00".');
  }
  const integer = (match[1] ?? '').replace(/^0+(?=[0-9])/, '');
  if (integer.length > MAX_INTEGER_DIGITS) {
    return refuse(
      `The amount has more than ${MAX_INTEGER_DIGITS} digits before the decimal point.`,
    );
  }
  const places = decimalPlaces(currency);
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > places) {
    return refuse(`Amounts in ${currency} have at most ${places} decimal places.`);
  }
  if (/^0*$/.test(integer + fraction)) {
    return refuse('The amount must be above 0.');
  }
  return { ok: true, amount: `${integer}.${fraction.padEnd(places, '0')}` };
}
