import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PatternExtractor } from '../../../policy-service/src/extraction/pattern-extractor';
import { parseVocabulary } from '../../../policy-service/src/extraction/vocabulary';
import { ACTIONS } from './catalogue';

interface Case {
  text: string;
  action: string | null;
  arguments: Record<string, unknown>;
  /** A person has to look at it: the confidence is below 0.8. */
  review: boolean;
}

const extractor = new PatternExtractor();
const folder = join(__dirname, 'cases');

describe.each(readdirSync(folder))('%s', (file) => {
  const cases = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Case[];
  test.each(cases)('$text', async ({ text, action, arguments: expected, review }) => {
    const intent = await extractor.extract({ text, actions: ACTIONS });
    expect({
      action: intent.action,
      arguments: intent.arguments,
      review: intent.confidence < 0.8,
    }).toEqual({ action, arguments: expected, review });
    if (review) expect(intent.reasons.length).toBeGreaterThan(0);
  });
});

describe('examples of the shipped catalogue', () => {
  const examples = ACTIONS.flatMap((action) =>
    parseVocabulary(action).examples.map((example) => ({ id: action.id, ...example })),
  );

  test('every action has examples', () => {
    expect(new Set(examples.map((one) => one.id))).toEqual(
      new Set(ACTIONS.map((action) => action.id)),
    );
  });

  test.each(examples)('$text', async ({ id, text, arguments: expected }) => {
    const intent = await extractor.extract({ text, actions: ACTIONS });
    expect({ action: intent.action, arguments: intent.arguments }).toEqual({
      action: id,
      arguments: expected,
    });
    expect(intent.confidence).toBeGreaterThanOrEqual(0.8);
  });
});
