/** How values of a declared format are written: the one form, or undefined for none of that format. */
interface Format {
  canonical(text: string): string | undefined;
  /** What a right value looks like, for the sentence of a refusal. */
  example: string;
}

/** The JSON Schema formats that have a canonical form here. */
export const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['uuid', { canonical: uuid, example: '3fa85f64-5717-4562-b3fc-2c963f66afa6' }],
  ['date', { canonical: date, example: '2026-01-31' }],
  ['date-time', { canonical: dateTime, example: '2026-01-31T12:00:00Z' }],
  ['email', { canonical: email, example: 'ana@example.com' }],
  ['idn-email', { canonical: email, example: 'ana@example.com' }],
  ['hostname', { canonical: host, example: 'erp.example.com' }],
  ['uri', { canonical: uri, example: 'https://example.com/' }],
  ['iban', { canonical: iban, example: 'DE89370400440532013000' }],
]);

function uuid(text: string): string | undefined {
  const digits = text.toLowerCase().replace(/^urn:uuid:|[{}-]/g, '');
  return /^[0-9a-f]{32}$/.test(digits)
    ? digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    : undefined;
}

function date(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const time = Date.parse(`${text}T00:00:00Z`);
  // 30 February is no date, though the parser makes one of it.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : undefined;
}

const MOMENT =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** In UTC, without zeros at the end of a fraction. */
function dateTime(text: string): string | undefined {
  const [, day = '', hour, minute, second, fraction = '', sign, hours, minutes] =
    MOMENT.exec(text) ?? [];
  const [h, m, s, oh, om] = [hour, minute, second, hours ?? 0, minutes ?? 0].map(Number);
  if (date(day) === undefined || h === undefined || m === undefined || s === undefined) {
    return undefined;
  }
  if (h > 23 || m > 59 || s > 59 || Number(oh) > 23 || Number(om) > 59) return undefined;
  const offset = (Number(oh) * 60 + Number(om)) * (sign === '-' ? -1 : 1);
  const time = Date.parse(`${day}T${hour}:${minute}:${second}Z`) - offset * 60_000;
  const rest = fraction.replace(/0+$/, '');
  const utc = new Date(time).toISOString();
  return utc.length === 24 ? `${utc.slice(0, 19)}${rest === '' ? '' : `.${rest}`}Z` : undefined;
}

const LOCAL_PART = /^[^\s@"(),:;<>[\\\]]{1,64}$/u;

/** The domain in lower case; the local part keeps its case, which only its own server may fold. */
function email(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const domain = host(text.slice(at + 1));
  const dots = local.startsWith('.') || local.endsWith('.') || local.includes('..');
  return at > 0 && domain !== undefined && !dots && LOCAL_PART.test(local)
    ? `${local}@${domain}`
    : undefined;
}

/** No name of a host is longer in any writing, and reading one takes time by the square of its length. */
const LONGEST_HOST = 1_000;

function host(text: string): string | undefined {
  const plain = text.replace(/\.$/, '');
  const none = plain.length > LONGEST_HOST || /[\s/\\:@?#%[\]]/.test(plain);
  const url = none ? undefined : `http://${plain}`;
  const name = url !== undefined && URL.canParse(url) ? new URL(url).hostname : '';
  return /^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/.test(name) && name.length <= 253
    ? name
    : undefined;
}

function uri(text: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text) || /\s/.test(text)) return undefined;
  const host = /^(?:https?|wss?|ftp|file):[/\\]*([^/\\?#]*)/i.exec(text)?.[1] ?? '';
  return host.length <= LONGEST_HOST && URL.canParse(text) ? new URL(text).href : undefined;
}

function iban(text: string): string | undefined {
  const plain = text.replace(/[ -]/g, '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(plain)) return undefined;
  const digits = (plain.slice(4) + plain.slice(0, 4)).replace(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  return BigInt(digits) % 97n === 1n ? plain : undefined;
}
