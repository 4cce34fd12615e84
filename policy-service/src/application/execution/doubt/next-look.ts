import type { Action } from '../../../domain/catalogue/action';
import type { Execution } from '../../../domain/request/execution';
import { ageOf } from '../../../domain/service-time';
import type { ConnectorTraits, Moment } from '../../ports';
import { approachTo } from './approach';

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 3_600_000;

/** For so long the service looks by itself; afterwards only when a person asks for it. */
const LOOK_FOR_MS = 24 * 3_600_000;

/**
 * When an unknown outcome is looked into again: doubling waits from five seconds up to an hour,
 * counted from when the execution began.
 * @returns a moment in lived time; undefined when only a person can go on
 */
export function nextLook(
  action: Action | undefined,
  traits: ConnectorTraits | undefined,
  execution: Execution,
  { now, lived }: Moment,
): string | undefined {
  const elapsed = ageOf(execution.startedAt, now);
  if (elapsed >= LOOK_FOR_MS || approachTo(action, traits, execution, now) === 'person') {
    return undefined;
  }
  const wait = Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, elapsed));
  return new Date(lived.getTime() + wait).toISOString();
}
