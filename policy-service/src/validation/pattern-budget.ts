import { MAX_STEPS, stepsOf } from './pattern-cost';

/** The patterns of one value together could take too long to check. */
export class TooCostly extends Error {
  constructor() {
    super(
      'The value is too long to be checked: its texts could take too many steps. Send shorter texts, or fewer of them.',
    );
  }
}

interface Matcher {
  test: (text: string) => boolean;
  toString: () => string;
}

/**
 * Lets the patterns of a schema see only what can be checked in time. Every text is paid for by what
 * it could cost at worst before its pattern runs, so that neither long texts nor many of them, nor a
 * pattern that is tried in many places, can keep the service busy.
 */
export class PatternBudget {
  private left = MAX_STEPS;
  private readonly known = new Map<string, Matcher>();

  /** To be called before each value. */
  begin(): void {
    this.left = MAX_STEPS;
  }

  /** @returns a matcher whose `test` throws TooCostly instead of running over the budget */
  matcher(pattern: string): Matcher {
    const known = this.known.get(pattern);
    if (known) return known;
    const expression = new RegExp(pattern, 'u');
    const steps = stepsOf(pattern);
    const matcher = {
      test: (text: string) => {
        this.left -= steps(text.length);
        // Not a number counts as too many.
        if (!(this.left >= 0)) throw new TooCostly();
        return expression.test(text);
      },
      toString: () => String(expression),
    };
    this.known.set(pattern, matcher);
    return matcher;
  }
}
