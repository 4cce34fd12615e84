import { currentSteps, openStep, type Execution, type ExecutionStep } from './execution';

/**
 * By what it is known how a write came out. never_sent: it was refused before anything was sent;
 * answer: the ERP told it in an answer to our call; look: it was found in the ERP; report: the
 * holder of a permit says so; person: somebody who looked says so. Nobody can check the last two.
 */
export type KnownBy = (typeof FROM_SUREST)[number];

const FROM_SUREST = ['never_sent', 'answer', 'look', 'report', 'person'] as const;

/** Evidence of a step that was found in the ERP. */
export const FOUND_IN_ERP = 'Found in the ERP by its external reference.';

/** Ends the sentence of a person who found that a write did not happen. */
export const FOUND_NOT_HAPPENED = ' found that it did not happen.';

/** By what the outcome of an execution is known; undefined while nobody knows it. */
export function knownBy(execution: Execution): KnownBy | undefined {
  switch (execution.status) {
    case 'executing':
    case 'outcome_unknown':
    case 'compensating':
      return undefined;
    default:
      return execution.knownBy ?? toldWithoutIt(execution);
  }
}

/** The least sure of what some steps that are done are known by. */
export function leastSure(steps: readonly ExecutionStep[]): KnownBy {
  const words = steps.filter(({ status }) => status === 'done').map(wordOf);
  return FROM_SUREST[Math.max(1, ...words.map((one) => FROM_SUREST.indexOf(one)))] ?? 'person';
}

/** Whether anything was sent to the ERP of the step that nobody knows the outcome of. */
export function sentOf(execution: Execution): 'no' | 'maybe' | 'yes' {
  const step = openStep(execution);
  if (!step) return 'maybe';
  if (step.status === 'pending' || step.unsent) return 'no';
  const doubtful = execution.attempts.some(
    (attempt) => attempt.step === step.name && attempt.outcome === 'unknown',
  );
  return doubtful ? 'yes' : 'maybe';
}

function wordOf({ knownBy: word, evidence }: ExecutionStep): KnownBy {
  if (word !== undefined) return word;
  if (evidence === undefined) return 'answer';
  return evidence === FOUND_IN_ERP ? 'look' : 'person';
}

/** Executions that were settled before it was kept whose word it is. */
function toldWithoutIt(execution: Execution): KnownBy {
  const { status, permit, message, attempts } = execution;
  if (permit) {
    const { report } = permit;
    return report && !report.late && report.outcome === status ? 'report' : 'person';
  }
  if (status === 'failed') {
    if (message?.endsWith(FOUND_NOT_HAPPENED)) return 'person';
    return attempts.length === 0 ? 'never_sent' : 'answer';
  }
  return leastSure(currentSteps(execution));
}
