import { gzipSync } from 'node:zlib';
import { exportedEntries, type ExportNotes } from '../../../policy-service/src/audit/export-lines';

const LINE = JSON.stringify({ sequence: 0, canonical: '{"a":"\u2028"}', leafHash: 'ab' });

async function read(file: string | Buffer, notes: Partial<ExportNotes> = {}): Promise<number[]> {
  Object.assign(notes, { byteOrderMark: false, carriageReturns: false, blankLines: 0 });
  const bytes = Buffer.from(file as string);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  }
  const sequences: number[] = [];
  for await (const { sequence } of exportedEntries(chunks(), notes as ExportNotes)) {
    sequences.push(sequence);
  }
  return sequences;
}

it.each([
  [
    'an error of the service',
    '{"status":401,"code":"unauthenticated","detail":"Unknown."}\n',
    /Line 1 is an error.*unauthenticated/,
  ],
  ['a page of a proxy', `${LINE}\n<!doctype html>\n`, /Line 2 is HTML/],
  ['a cut line', `${LINE}\n${LINE.slice(0, 20)}`, /Line 2 ends in the middle/],
  ['a broken line', `${LINE.slice(0, 20)}\n${LINE}\n`, /Line 1 is broken JSON/],
  ['a JSON array', `[${LINE}]`, /Line 1 is a JSON array/],
  ['null', 'null\n', /Line 1 is a JSON value/],
  ['a page of a list', '{"items":[]}', /Line 1 is a page of a list/],
  ['an entry alone', '{"formatVersion":1,"sequence":0}', /without the bytes/],
  ['other types', '{"sequence":"0","canonical":null,"leafHash":3}', /Line 1 is not/],
  ['a sequence that is none', '{"sequence":0.5,"canonical":"","leafHash":""}', /Line 1 is not/],
  ['gzip', gzipSync(LINE), /gzip/],
  ['UTF-16', Buffer.from(`\ufeff${LINE}\n`, 'utf16le'), /UTF-16/],
  [
    'bytes that are no text',
    Buffer.concat([Buffer.from(LINE.slice(0, 30)), Buffer.of(0xc3, 0x28)]),
    /Line 1 is not UTF-8/,
  ],
  [
    'words',
    'curl: (7) could not connect\u001b[31m',
    /Line 1 is not JSON: "curl: \(7\) could not connect\?\[31m"/,
  ],
])('says what is no entry, and at which line: %s', async (_name, file, message) => {
  await expect(read(file)).rejects.toThrow(message);
});

it('passes over what changes no entry, and notes it', async () => {
  const notes: Partial<ExportNotes> = {};
  expect(await read(`\ufeff${LINE}\r\n\r\n${LINE}\r\n`, notes)).toEqual([0, 0]);
  expect(notes).toEqual({ byteOrderMark: true, carriageReturns: true, blankLines: 1 });
});
