const KNOWN = new Set(Intl.supportedValuesOf('currency'));
/** Codes that are also words: they count only in capitals and next to a number. */
const WORDLIKE = new Set([
  'ALL',
  'TOP',
  'TRY',
  'CUP',
  'MAD',
  'GEL',
  'MOP',
  'PEN',
  'SOS',
  'BOB',
  'LAK',
  'SHP',
  'BAM',
  'AMD',
  'ARS',
  'COP',
  'COU',
  'HUF',
  'KIP',
  'LEK',
  'RON',
  'XXX',
  'XTS',
  'BOV',
  'INK',
  'MOL',
  'STD',
  'ERN',
  'GIP',
  'PAB',
  'SLE',
  'VED',
  'ISK',
  'ANG',
]);
const THREE = new Set(['KWD', 'BHD', 'OMR', 'TND', 'JOD', 'IQD', 'LYD']);
const NONE = new Set(['JPY', 'KRW', 'VND', 'CLP', 'ISK', 'XAF', 'XOF', 'XPF', 'UGX', 'RWF', 'PYG']);

/** A mention of money: a clear code, or the codes that it could mean. */
export type Mention = { code: string; family?: string[] } | { unclear: string };

const DOLLARS = [
  'USD',
  'CAD',
  'AUD',
  'NZD',
  'SGD',
  'HKD',
  'MXN',
  'TWD',
  'BRL',
  'JMD',
  'BSD',
  'BBD',
  'FJD',
  'ARS',
  'CLP',
  'COP',
];
const SYMBOLS: Readonly<Record<string, Mention>> = {
  $: { code: 'USD', family: DOLLARS },
  '\uff04': { code: 'USD', family: DOLLARS },
  us$: { code: 'USD' },
  a$: { code: 'AUD' },
  au$: { code: 'AUD' },
  c$: { code: 'CAD' },
  ca$: { code: 'CAD' },
  nz$: { code: 'NZD' },
  s$: { code: 'SGD' },
  hk$: { code: 'HKD' },
  r$: { code: 'BRL' },
  mx$: { code: 'MXN' },
  '\u20ac': { code: 'EUR' },
  '\u00a3': { code: 'GBP' },
  '\u20b9': { code: 'INR' },
  '\u20a9': { code: 'KRW' },
  '\u20bd': { code: 'RUB' },
  '\u20ba': { code: 'TRY' },
  '\u20aa': { code: 'ILS' },
  '\u0e3f': { code: 'THB' },
  '\u20ab': { code: 'VND' },
  '\u20b1': { code: 'PHP' },
  '\u20a6': { code: 'NGN' },
  '\u20b4': { code: 'UAH' },
  '\u00a5': { unclear: 'JPY CNY' },
  '\uffe5': { unclear: 'JPY CNY' },
};
const WORDS: Readonly<Record<string, Mention>> = {
  dollar: { code: 'USD', family: DOLLARS },
  dollars: { code: 'USD', family: DOLLARS },
  bucks: { code: 'USD' },
  euro: { code: 'EUR' },
  euros: { code: 'EUR' },
  sterling: { code: 'GBP' },
  quid: { code: 'GBP' },
  pounds: { code: 'GBP' },
  yen: { code: 'JPY' },
  renminbi: { code: 'CNY' },
  rmb: { code: 'CNY' },
  yuan: { code: 'CNY' },
  zloty: { code: 'PLN' },
  zlotys: { code: 'PLN' },
  'z\u0142': { code: 'PLN' },
  'z\u0142otych': { code: 'PLN' },
  '\u6b27\u5143': { code: 'EUR' },
  '\u7f8e\u5143': { code: 'USD' },
  rupee: { unclear: 'INR PKR LKR' },
  rupees: { unclear: 'INR PKR LKR' },
  rs: { unclear: 'INR PKR LKR' },
  kr: { unclear: 'SEK NOK DKK' },
  krone: { unclear: 'NOK DKK' },
  kroner: { unclear: 'NOK DKK' },
  kronor: { code: 'SEK' },
  crowns: { unclear: 'CZK SEK NOK DKK' },
  francs: { unclear: 'CHF XAF XOF' },
  franc: { unclear: 'CHF XAF XOF' },
  pesos: { unclear: 'MXN ARS CLP' },
  dinars: { unclear: 'KWD JOD BHD' },
  dinar: { unclear: 'KWD JOD BHD' },
  rials: { unclear: 'OMR IRR' },
  riyals: { unclear: 'SAR QAR' },
  shillings: { unclear: 'KES UGX' },
};
/** Word pairs such as `australian dollars`. */
const NATIONS: Readonly<Record<string, string>> = {
  us: 'USD',
  american: 'USD',
  australian: 'AUD',
  canadian: 'CAD',
  singapore: 'SGD',
  british: 'GBP',
  swiss: 'CHF',
  indian: 'INR',
  pakistani: 'PKR',
  danish: 'DKK',
  swedish: 'SEK',
  norwegian: 'NOK',
  mexican: 'MXN',
  japanese: 'JPY',
  chinese: 'CNY',
  kuwaiti: 'KWD',
  polish: 'PLN',
  czech: 'CZK',
  omani: 'OMR',
  saudi: 'SAR',
  'hong kong': 'HKD',
};

export const SYMBOL_PATTERN =
  /(?:us|au?|ca?|nz|s|hk|r|mx)?\$|[\u20ac\u00a3\u20b9\u20a9\u20bd\u20ba\u20aa\u0e3f\u20ab\u20b1\u20a6\u20b4\u00a5\uffe5\uff04]/iy;

export function symbolCurrency(symbol: string): Mention | undefined {
  return SYMBOLS[symbol.toLowerCase()];
}

/** A code or a currency word. `wordlike` codes are to be trusted only beside a number. */
export function wordCurrency(
  word: string,
  normal: string,
): (Mention & { wordlike?: boolean }) | undefined {
  const upper = word.toUpperCase();
  if (/^[A-Za-z]{3}$/.test(word) && KNOWN.has(upper)) {
    if (WORDLIKE.has(upper)) return word === upper ? { code: upper, wordlike: true } : undefined;
    if (word === upper || word === word.toLowerCase()) return { code: upper };
  }
  return Object.hasOwn(WORDS, normal) ? WORDS[normal] : undefined;
}

export function nationCurrency(word: string): string | undefined {
  return Object.hasOwn(NATIONS, word) ? NATIONS[word] : undefined;
}

/** Decimals of a currency; 2 when it is not known. */
export function decimals(code: string | undefined): number {
  if (code && THREE.has(code)) return 3;
  return code && NONE.has(code) ? 0 : 2;
}

/** The one currency that all mentions agree on, or a problem. */
export function agree(
  mentions: Mention[],
): { code: string } | { problem: 'unclear' | 'conflict' } | undefined {
  if (mentions.length === 0) return undefined;
  const codes = new Set(mentions.flatMap((m) => ('code' in m && !m.family ? [m.code] : [])));
  const families = mentions.flatMap((m) => ('code' in m && m.family ? [m] : []));
  const unclear = mentions.flatMap((m) => ('unclear' in m ? [m.unclear.split(' ')] : []));
  if (codes.size > 1) return { problem: 'conflict' };
  const [code] = codes;
  if (code) {
    const fits =
      families.every((m) => m.family?.includes(code)) &&
      unclear.every((list) => list.includes(code));
    return fits ? { code } : { problem: 'conflict' };
  }
  if (unclear.length > 0) return { problem: 'unclear' };
  return { code: families[0]?.code ?? '' };
}
