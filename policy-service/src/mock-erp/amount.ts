import { ErpRefusal } from './refusal';

/** Currencies that this ERP keeps books in, with their number of decimals. */
const CURRENCIES: Record<string, number> = {
  ...Object.fromEntries(
    'USD EUR GBP CHF CAD AUD NZD SEK NOK DKK PLN CZK HUF RON INR CNY SGD HKD ZAR BRL MXN ILS AED SAR TRY THB'
      .split(' ')
      .map((code) => [code, 2]),
  ),
  JPY: 0,
  KRW: 0,
  KWD: 3,
  BHD: 3,
  OMR: 3,
  TND: 3,
  JOD: 3,
};

/** Thousandths, the smallest unit of any currency here: sums stay exact. */
export type Thousandths = bigint;

/** @throws ErpRefusal `unknown_currency` */
export function knownCurrency(currency: string): string {
  if (!Object.hasOwn(CURRENCIES, currency)) {
    throw new ErpRefusal(
      'unknown_currency',
      `The currency ${currency} is not set up in this ERP.`,
      'currency',
    );
  }
  return currency;
}

/**
 * Reads an amount above 0.
 * @param value a decimal string; a JSON number is refused, because it may already have been rounded
 * @throws ErpRefusal `bad_amount`
 */
export function parseAmount(value: unknown, currency: string, field = 'amount'): Thousandths {
  const match = typeof value === 'string' ? /^(\d{1,15})(?:\.(\d{1,3}))?$/.exec(value) : null;
  if (!match) {
    throw new ErpRefusal('bad_amount', 'An amount is a decimal string such as "2500.00".', field);
  }
  const fraction = (match[2] ?? '').padEnd(3, '0');
  const decimals = CURRENCIES[knownCurrency(currency)] ?? 0;
  if (/[1-9]/.test(fraction.slice(decimals))) {
    throw new ErpRefusal(
      'bad_amount',
      `${currency} has ${decimals} decimals; ${value} has more.`,
      field,
    );
  }
  const amount = BigInt(match[1] + fraction);
  if (amount === 0n) throw new ErpRefusal('bad_amount', 'An amount must be above 0.', field);
  return amount;
}

/** Reads an amount that this ERP stored itself; it may be 0 or negative. */
export function storedAmount(text: string): Thousandths {
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = text.slice(negative ? 1 : 0).split('.');
  const value = BigInt(whole + fraction.padEnd(3, '0'));
  return negative ? -value : value;
}

/** Two decimals, or three where the currency has three. */
export function formatAmount(amount: Thousandths, currency: string): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(4, '0');
  const decimals = CURRENCIES[currency] === 3 ? 3 : 2;
  const text = `${digits.slice(0, -3)}.${digits.slice(-3).slice(0, decimals)}`;
  return amount < 0n ? `-${text}` : text;
}
