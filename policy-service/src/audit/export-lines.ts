import type { LoggedBytes } from './check-entry';

/** Says at which line of an export something else than an entry stands, and what it is. */
export class ExportError extends Error {}

/** What a file is like beside its entries: harmless, and told. */
export interface ExportNotes {
  byteOrderMark: boolean;
  carriageReturns: boolean;
  blankLines: number;
}

/** The service writes no entry that comes near it. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

const GZIP = Buffer.of(0x1f, 0x8b);
const ZIP = Buffer.from('PK');
const UTF_16 = [Buffer.of(0xff, 0xfe), Buffer.of(0xfe, 0xff)];
const UTF_8_BOM = Buffer.of(0xef, 0xbb, 0xbf);
const LINE_FEED = 0x0a;

/**
 * The entries of an export, line by line. Line breaks of Windows, a byte order mark and blank lines
 * change no entry: they are passed over and noted.
 * @throws ExportError for everything else that is no line of an export
 */
export async function* exportedEntries(
  file: AsyncIterable<Uint8Array>,
  notes: ExportNotes,
): AsyncGenerator<LoggedBytes> {
  let number = 0;
  for await (const { bytes, ended } of lines(file)) {
    number += 1;
    let line = bytes;
    if (number === 1) {
      assertText(line);
      if (line.subarray(0, UTF_8_BOM.length).equals(UTF_8_BOM)) {
        notes.byteOrderMark = true;
        line = line.subarray(UTF_8_BOM.length);
      }
    }
    const text = decode(line, number);
    if (text.endsWith('\r')) notes.carriageReturns = true;
    if (text.trim() === '') notes.blankLines += 1;
    else yield entryOf(text.trim(), number, ended);
  }
}

/** Lines without their line feed; `ended` is false where the file ends without one. */
async function* lines(
  file: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ bytes: Buffer; ended: boolean }> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of file) {
    let rest = Buffer.from(chunk);
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      yield { bytes: Buffer.concat([...parts, rest.subarray(0, end)]), ended: true };
      parts = [];
      length = 0;
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) parts.push(rest);
    length += rest.length;
    if (length > MAX_LINE_BYTES) {
      throw new ExportError('The file has a line of more than 64 MB: it is no export of the log.');
    }
  }
  if (parts.length > 0) yield { bytes: Buffer.concat(parts), ended: false };
}

function assertText(start: Buffer): void {
  const begins = (magic: Buffer): boolean => start.subarray(0, magic.length).equals(magic);
  if (begins(GZIP)) {
    throw new ExportError('The file is compressed (gzip). Unpack it first, for example: gunzip.');
  }
  if (begins(ZIP)) throw new ExportError('The file is a ZIP archive. Unpack it first.');
  if (UTF_16.some(begins)) {
    throw new ExportError(
      'The file is UTF-16 text, as PowerShell writes with ">". Export it again with curl -o FILE.',
    );
  }
}

function decode(line: Buffer, number: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    throw new ExportError(`Line ${number} is not UTF-8 text: its bytes were changed.`);
  }
}

function entryOf(text: string, number: number, ended: boolean): LoggedBytes {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ExportError(`Line ${number} ${notJson(text, ended)}`);
  }
  if (!isObject(value)) {
    const what = Array.isArray(value) ? 'a JSON array' : 'a JSON value that is no object';
    throw new ExportError(
      `Line ${number} is ${what}: an export has one object {sequence, canonical, leafHash} a line.`,
    );
  }
  const { sequence, canonical, leafHash } = value;
  const sound =
    typeof sequence === 'number' &&
    Number.isSafeInteger(sequence) &&
    typeof canonical === 'string' &&
    typeof leafHash === 'string';
  if (!sound) throw new ExportError(`Line ${number} ${notAnEntry(value)}`);
  return { sequence, canonical, leafHash };
}

function notJson(text: string, ended: boolean): string {
  if (text.startsWith('<')) {
    return 'is HTML or XML: a proxy or a page answered instead of the service. Export it again.';
  }
  if (text.startsWith('{') && !ended) {
    return 'ends in the middle: the export was cut off. Export it again.';
  }
  if (text.startsWith('{')) return 'is broken JSON: its bytes were changed, or the export was cut.';
  return `is not JSON: "${printable(text)}". Export it again.`;
}

function notAnEntry(value: Record<string, unknown>): string {
  const { code, detail, title, status, items, formatVersion } = value;
  if (typeof code === 'string' || typeof detail === 'string' || typeof title === 'string') {
    const said = [status, code, detail ?? title].filter(
      (part) => typeof part === 'string' || typeof part === 'number',
    );
    return `is an error instead of an entry: ${printable(said.join(' '))}. Export it again.`;
  }
  if (Array.isArray(items)) return 'is a page of a list, not a line of GET /v1/audit/export.';
  if (formatVersion !== undefined) {
    return 'is an entry without the bytes that were hashed. Export it with GET /v1/audit/export.';
  }
  return 'is not {sequence, canonical, leafHash}: it was changed, or it is no export of the log.';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whatever stands in a file must not steer the terminal that it is shown on. */
function printable(text: string): string {
  return text.slice(0, 120).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
}
