import fc from 'fast-check';
import { CompactRange } from '../../../policy-service/src/audit/compact-range';
import { canonicalJson } from '../../../policy-service/src/domain/canonical-json';
import { encodeEntry } from '../../../policy-service/src/audit/encode';
import type { EntryBody } from '../../../policy-service/src/audit/entry';
import { readEntry } from '../../../policy-service/src/audit/read-entry';
import { leafHash } from '../../../policy-service/src/audit/merkle-hash';
import { verifyLog, type LoggedBytes } from '../../../policy-service/src/audit/verify-log';

const body = (n: number): EntryBody => ({
  type: 'request.decided',
  at: '2026-01-01T00:00:00.000Z',
  requestId: `req_${n}`,
  actor: { kind: 'service', id: 'test' },
  data: { n },
});

const logged = (n: number, sequence = n): LoggedBytes => {
  const { canonical, leafHash: leaf } = encodeEntry(body(n), sequence);
  return { sequence, canonical, leafHash: leaf.toString('hex') };
};

const logOf = (size: number): LoggedBytes[] => Array.from({ length: size }, (_, n) => logged(n));

const headOf = (entries: LoggedBytes[]): { size: number; rootHash: string } => {
  const range = CompactRange.empty();
  for (const { leafHash: leaf } of entries) range.append(Buffer.from(leaf, 'hex'));
  return { size: range.size, rootHash: range.root().toString('hex') };
};

/** Changes an entry's text; when `thorough`, its leaf hash too. */
const rewritten = (entries: LoggedBytes[], at: number, thorough: boolean): LoggedBytes[] =>
  entries.map((entry, i) => {
    if (i !== at) return entry;
    const canonical = entry.canonical.replace('request.decided', 'request.ignored');
    const leaf = thorough ? leafHash(canonical).toString('hex') : entry.leafHash;
    return { ...entry, canonical, leafHash: leaf };
  });

const codes = async (...args: Parameters<typeof verifyLog>): Promise<string[]> =>
  (await verifyLog(...args)).problems.map(({ code }) => code);

describe('encodeEntry', () => {
  it('hashes the RFC 8785 bytes of the entry with its format and sequence', () => {
    const { canonical, leafHash: leaf } = encodeEntry(body(1), 7);
    expect(canonical).toBe(
      '{"actor":{"id":"test","kind":"service"},"at":"2026-01-01T00:00:00.000Z","data":{"n":1},' +
        '"formatVersion":1,"requestId":"req_1","sequence":7,"type":"request.decided"}',
    );
    expect(leaf.equals(leafHash(canonical))).toBe(true);
  });

  it('writes what the whole entry would be written as, whatever it holds', () => {
    const text = fc.string({ unit: 'grapheme' });
    const anyBody = fc.record(
      {
        type: text,
        at: text,
        actor: fc.record({ kind: fc.constant('token' as const), id: text }),
        data: fc.dictionary(text, fc.jsonValue()),
        requestId: text,
        traceId: text,
        moment: fc.constant('recommendation' as const),
      },
      { requiredKeys: ['type', 'at', 'actor', 'data'] },
    );
    fc.assert(
      fc.property(anyBody, fc.nat(), (one, sequence) => {
        const whole = canonicalJson({ ...one, formatVersion: 1, sequence });
        expect(encodeEntry(one, sequence).canonical).toBe(whole);
      }),
    );
  });

  it('lets no body choose its own sequence or format', () => {
    const forged = { ...body(1), sequence: 0, formatVersion: 9 };
    expect(JSON.parse(encodeEntry(forged, 7).canonical)).toMatchObject({
      sequence: 7,
      formatVersion: 1,
    });
  });
});

describe('verifyLog', () => {
  it('names the entry that was changed, and what it says of itself now', async () => {
    const entries = logOf(5);
    const { problems } = await verifyLog(rewritten(entries, 2, false), headOf(entries));
    expect(problems[0]).toMatchObject({ sequence: 2, type: 'request.ignored', requestId: 'req_2' });
  });

  it('narrows a thorough change down with the range of the head', async () => {
    const entries = logOf(6);
    const range = CompactRange.empty();
    for (const { leafHash: leaf } of entries) range.append(Buffer.from(leaf, 'hex'));
    const { problems } = await verifyLog(rewritten(entries, 4, true), {
      ...headOf(entries),
      range,
    });
    expect(problems).toMatchObject([{ code: 'root_mismatch' }]);
    expect(problems[0]?.message).toContain('among the entries 4 to 5');
  });

  it('tells one missing entry once', async () => {
    const wrong = [0, 1, 4, 5].map((n) => logged(n));
    const { problems } = await verifyLog(wrong, undefined);
    expect(problems).toMatchObject([{ code: 'sequence_gap', sequence: 2 }]);
  });

  it.each(['', 'no JSON', '[]', 'null', '7', '{}', '{"type":5,"actor":null}', '"\\ud800"'])(
    'never throws for bytes such as %s',
    async (canonical) => {
      const bytes = [{ sequence: 0, canonical, leafHash: 'nothing' }];
      expect((await verifyLog(bytes, undefined)).problems[0]).toMatchObject({ sequence: 0 });
      expect(readEntry(canonical, 0)).toMatchObject({ type: 'log.unreadable', sequence: 0 });
    },
  );

  it('finds an untouched log valid, against its head and every kept head', async () => {
    const entries = logOf(20);
    const kept = entries.map((_, size) => headOf(entries.slice(0, size)));
    expect(await verifyLog(entries, headOf(entries), kept)).toEqual({
      valid: true,
      ...headOf(entries),
      problemCount: 0,
      problems: [],
    });
  });

  it('reads a log that arrives piece by piece', async () => {
    const entries = logOf(3);
    async function* pieces(): AsyncGenerator<LoggedBytes> {
      yield* entries;
    }
    expect(await verifyLog(pieces(), headOf(entries))).toMatchObject({ valid: true, size: 3 });
  });

  it('finds any changed byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.nat(), async (size, pick) => {
        const entries = logOf(size);
        const at = pick % size;
        const found = await verifyLog(rewritten(entries, at, false), headOf(entries));
        expect(found.valid).toBe(false);
        expect(found.problems[0]).toMatchObject({ code: 'leaf_hash_mismatch', sequence: at });
      }),
    );
  });

  it('finds an entry whose leaf hash was changed with it by the head', async () => {
    const entries = logOf(5);
    expect(await codes(rewritten(entries, 2, true), headOf(entries))).toEqual(['root_mismatch']);
  });

  it('finds a log rewritten together with its head only by a kept checkpoint', async () => {
    const entries = logOf(5);
    const forged = rewritten(entries, 2, true);
    expect(await codes(forged, headOf(forged))).toEqual([]);
    expect(await codes(forged, headOf(forged), [headOf(entries.slice(0, 4))])).toEqual([
      'root_mismatch',
    ]);
  });

  it('finds a tail that was cut off together with the head only by a kept checkpoint', async () => {
    const entries = logOf(5);
    const cut = entries.slice(0, 3);
    expect(await codes(cut, headOf(cut))).toEqual([]);
    expect(await codes(cut, headOf(cut), [headOf(entries)])).toEqual(['truncated']);
    expect(await codes(cut, headOf(entries))).toEqual(['size_mismatch']);
  });

  it('finds a missing, repeated or moved entry', async () => {
    const entries = logOf(5);
    const head = headOf(entries);
    for (const order of [
      [0, 1, 3, 4],
      [0, 1, 1, 2, 3, 4],
      [0, 2, 1, 3, 4],
    ]) {
      const wrong = order.map((n) => logged(n));
      expect(await codes(wrong, head)).toContain('sequence_gap');
    }
  });

  it('finds an entry that names another sequence or is not canonical', async () => {
    const renumbered = [{ ...logged(0, 4), sequence: 0 }];
    expect(await codes(renumbered, headOf(renumbered))).toEqual(['entry_mismatch']);
    const canonical = ` ${logged(0).canonical}`;
    const spaced = [{ sequence: 0, canonical, leafHash: leafHash(canonical).toString('hex') }];
    expect(await codes(spaced, headOf(spaced))).toEqual(['not_canonical']);
  });

  it('tells at most 100 problems', async () => {
    const entries = logOf(150).map((entry) => ({ ...entry, leafHash: '0'.repeat(64) }));
    const found = await verifyLog(entries, headOf(logOf(150)));
    expect(found.valid).toBe(false);
    expect(found.problems).toHaveLength(100);
    expect(found.problemCount).toBe(150);
  });
});
