import fc from 'fast-check';
import type { Action } from '../../../policy-service/src/domain/catalogue/action';
import { PatternExtractor } from '../../../policy-service/src/extraction/pattern-extractor';
import { parseVocabulary } from '../../../policy-service/src/extraction/vocabulary';
import { ACTIONS, shipped } from './catalogue';

const extractor = new PatternExtractor();
const extract = (text: string, actions = ACTIONS) => extractor.extract({ text, actions });

describe('an action of the user, in YAML alone', () => {
  const reserve: Action = {
    ...shipped('ticket.route'),
    id: 'equipment.reserve',
    title: 'Reserve equipment',
    description: 'Reserves a piece of equipment.',
    schema: {
      type: 'object',
      required: ['equipment_id', 'days'],
      properties: {
        equipment_id: { type: 'string', pattern: '^EQ-[0-9]{3}$' },
        days: { type: 'integer', minimum: 1 },
        shift: { type: 'string', enum: ['early', 'late_night'] },
        purpose: { type: 'string' },
      },
    },
    extraction: {
      commands: ['reserve', 'set ... aside'],
      hints: ['need'],
      nouns: ['equipment', 'machine'],
      arguments: {
        equipment_id: { nouns: ['machine'] },
        days: { kind: 'count', units: ['days', 'day'] },
        shift: { values: { early: ['morning shift'] } },
        purpose: { kind: 'text', labels: ['purpose'] },
      },
    },
  };
  const actions = [...ACTIONS, reserve];

  test('is recognised with all its arguments', async () => {
    const intent = await extract(
      'Please reserve EQ-204 for three days on the morning shift, purpose: floor repair',
      actions,
    );
    expect(intent).toMatchObject({
      action: 'equipment.reserve',
      arguments: { equipment_id: 'EQ-204', days: 3, shift: 'early', purpose: 'floor repair' },
    });
    expect(intent.confidence).toBeGreaterThanOrEqual(0.8);
  });

  test('matches phrases with a gap, its own id variants and enum names', async () => {
    const intent = await extract('Set eq 204 aside, 2 days, late night.', actions);
    expect(intent).toMatchObject({
      action: 'equipment.reserve',
      arguments: { equipment_id: 'EQ-204', days: 2, shift: 'late_night' },
    });
  });

  test('is unknown to a catalogue without it', async () => {
    expect((await extract('Reserve EQ-204 for 3 days')).action).toBeNull();
  });

  test('a wrong number of digits is no id', async () => {
    const intent = await extract('Reserve EQ-2044 for 3 days', actions);
    expect(intent.arguments).toEqual({ days: 3 });
    expect(intent.confidence).toBeLessThan(0.8);
  });
});

describe('evidence', () => {
  test('quotes the words of every argument at their place', async () => {
    const text = 'Zoë asks: pay vendor v1001 2,500 USD for invoice INV-5001';
    const { evidence } = await extract(text);
    expect(evidence).toEqual({
      vendor_id: { text: 'v1001', start: 21, end: 26 },
      amount: { text: '2,500', start: 27, end: 32 },
      currency: { text: 'USD', start: 33, end: 36 },
      invoice_ref: { text: 'INV-5001', start: 49, end: 57 },
    });
  });
});

const WORDS = fc.constantFrom(
  'pay',
  'V-1001',
  'V-1002',
  'SKU-1001',
  'WH-01',
  'add',
  'remove',
  '25',
  '1,250.00',
  '1.250',
  'USD',
  '$',
  '€',
  'not',
  'maybe',
  'if',
  'or',
  'and',
  'T-3001',
  'route',
  'billing',
  'sales',
  'C-2001',
  'email',
  'a@b.example',
  'CU-4001',
  'notify',
  'delayed',
  'debit',
  'credit',
  '6100',
  '2000',
  'for',
  'to',
  'from',
  'because of',
  'memo',
  '"x y"',
  '.',
  ',',
  '?',
  '\n',
  'SYSTEM:',
  '<!--',
  '{',
  '}',
  '\u200b',
  '🙂',
  'ß',
  'half of',
  'a dozen',
  'minus',
  '-',
  '(',
  ')',
  'sorry',
  'set',
  '12%',
);

describe('invariants for any text', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(WORDS, { maxLength: 30 }).map((words) => words.join(' ')),
  );

  test('answers within the catalogue, with confidence from 0 to 1 and true evidence', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const intent = await extract(text);
        expect(intent.confidence).toBeGreaterThanOrEqual(0);
        expect(intent.confidence).toBeLessThanOrEqual(1);
        expect(intent.reasons.length).toBeGreaterThan(0);
        if (intent.action === null) return expect(intent.arguments).toEqual({});
        const names = parseVocabulary(shipped(intent.action)).arguments.map((one) => one.name);
        for (const [name, value] of Object.entries(intent.arguments)) {
          expect(names).toContain(name);
          const property = (
            shipped(intent.action).schema.properties as Record<
              string,
              { pattern?: string; enum?: string[] }
            >
          )[name];
          if (property?.pattern) expect(value).toMatch(new RegExp(property.pattern));
          if (property?.enum) expect(property.enum).toContain(value);
          if (name === 'amount') expect(value).toMatch(/^\d+\.\d{2,}$/);
          if (name === 'quantity') expect(Number.isInteger(value) && value !== 0).toBe(true);
        }
        for (const span of Object.values(intent.evidence ?? {}))
          expect(text.slice(span.start, span.end)).toBe(span.text);
      }),
      { numRuns: 400 },
    );
  });

  test('is deterministic', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) =>
        expect(await extract(text)).toEqual(await extract(text)),
      ),
      { numRuns: 50 },
    );
  });
});

describe('doubt prefixes never raise the confidence', () => {
  test.each(['maybe ', 'I guess ', 'Could you ', 'If the goods arrived, ', "Don't "])(
    '%s',
    async (prefix) => {
      const plain = await extract('pay V-1001 20.00 USD');
      const doubted = await extract(`${prefix}pay V-1001 20.00 USD`);
      expect(plain.confidence).toBeGreaterThanOrEqual(0.8);
      expect(doubted.confidence).toBeLessThan(0.8);
    },
  );
});

describe('hostile texts of 8 KB take time that grows with their length, not faster', () => {
  const repeat = (unit: string, size: number): string =>
    unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
  const units = [
    'a',
    '1',
    '1,',
    '1.',
    '1 ',
    'A1b',
    '-',
    '((',
    '{',
    '<!--',
    '"',
    "'",
    'pay ',
    'a.',
    'a_',
    'ignore ',
    '\n',
    '\u200b',
    '%41',
    'a@',
    'from 1 to 2 ',
    'if ',
    'or V-1001 ',
    'debit 6100 ',
    'twenty ',
    '/*',
    '[x](',
    '> ',
    'SKU-',
    'not ',
  ];

  /** Processor time: what else the machine does is not the extractor's cost. */
  async function cost(text: string): Promise<number> {
    let best = Infinity;
    for (let run = 0; run < 3; run += 1) {
      const start = process.cpuUsage();
      await extract(text);
      best = Math.min(best, process.cpuUsage(start).user);
    }
    return best;
  }

  test.each(units)('%j', async (unit) => {
    await extract('warm up');
    const ordinary = await cost(
      repeat('Please note that the usual delivery came by on time. ', 8192),
    );
    // An exponential or cubic expression exceeds an ordinary text by many orders of magnitude.
    expect(await cost(repeat(unit, 8192))).toBeLessThan(ordinary * 30);
  });
});
