import { EvaluationError } from './error';

/** What the texts of one evaluation may cost, in steps of about a nanosecond. */
const MAX_EFFORT = 20_000_000;
/** What a letter costs beside the letters that it is compared with. */
const LETTER = 32;

/** Evaluation never waits for anything, so that one count serves every condition in turn. */
let spent = 0;

/** To be called before each evaluation. */
export function beginEffort(): void {
  spent = 0;
}

/**
 * Counts a search before it is made: the number of searches is bounded by the condition, what one
 * of them costs only by the texts. Counting letters and not time keeps decisions deterministic.
 * @throws EvaluationError when the evaluation has cost too much
 */
export function spendOnText(text: string, part = ''): void {
  spent += text.length * (LETTER + part.length);
  if (spent > MAX_EFFORT) {
    throw new EvaluationError('its texts are too long to be searched so often');
  }
}
