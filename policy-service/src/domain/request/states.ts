import table from './states.data.json';
import { AppError } from '../errors';

export type RequestState = keyof typeof table;

export const COMMANDS = [
  'extract',
  'validate',
  'decide',
  'execute',
  'vote',
  'expire',
  'supersede',
  'cancel',
  'settle',
  'reconcile',
  'resolve',
  'compensate',
  'settle_compensation',
] as const;
export type Command = (typeof COMMANDS)[number];

export const REQUEST_STATES = Object.keys(table) as RequestState[];

/** The states that `command` may lead to from `state`; empty when the pair is illegal. */
export function targetsOf(state: RequestState, command: Command): readonly RequestState[] {
  const row: Partial<Record<Command, string[]>> = table[state];
  return (row[command] ?? []) as RequestState[];
}

/** A state without a way out. `executed` is not terminal: it can be compensated. */
export function isTerminal(state: RequestState): boolean {
  return Object.keys(table[state]).length === 0;
}

/**
 * Refuses a command that the table does not list for the state.
 * @throws AppError `illegal_transition` (409)
 */
export function assertCommand(state: RequestState, command: Command): void {
  if (targetsOf(state, command).length === 0) {
    throw new AppError(
      'illegal_transition',
      `A request that is ${state} cannot take the command ${command}.`,
      { state },
    );
  }
}

/**
 * Refuses a transition that the table does not list.
 * @throws AppError `illegal_transition` (409)
 */
export function assertTransition(from: RequestState, command: Command, to: RequestState): void {
  assertCommand(from, command);
  if (!targetsOf(from, command).includes(to)) {
    throw new AppError('illegal_transition', `${command} cannot lead from ${from} to ${to}.`, {
      state: from,
    });
  }
}
