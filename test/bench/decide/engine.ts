import type { Check, Verdict } from './checks';

/** A decision engine with the seven rules loaded. `Input` is what its own interface is called with. */
export interface Engine<Input = unknown, Answer = unknown> {
  name: string;
  /** Not measured: a caller of this engine would hold its data in this form already. */
  input(check: Check): Input;
  /** Measured. */
  decide(input: Input): Answer | Promise<Answer>;
  /** Not measured. */
  verdict(answer: Answer): Verdict;
}
