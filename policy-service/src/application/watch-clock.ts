import { durationInWords } from '../domain/duration';
import type { ClockDoubt } from '../domain/service-time';
import type { Deps } from './change/deps';
import { revokeMisdated } from './identity/revoke-misdated';

/** What a date that disagrees with what passed means, in sentences for whoever runs the service. */
export function doubtInWords({ kind, byMs }: ClockDoubt): string {
  const by = durationInWords(byMs);
  return kind === 'ahead'
    ? `The clock of this machine went ahead by ${by} more than the time that passed. What its date ends is refused; limits, duplicates and Idempotency-Keys go by the time that passed. If the date is wrong, set it right: what is begun meanwhile then has to be asked for again.`
    : `The clock of this machine is ${by} behind the date that was gone by before. The service goes on from its own date, so nothing lasts longer. Set the clock right. If it is right: execution-layer clock accept.`;
}

/** Keeps the service's own time, ends what a date that was taken back gave, and tells in the log when the clock of the machine disagrees. */
export class ClockWatch {
  private told: ClockDoubt['kind'] | undefined;

  constructor(private readonly deps: Deps) {}

  async look(): Promise<void> {
    const { clock, store, log } = this.deps;
    await clock.keep?.(store);
    await revokeMisdated(this.deps);
    const doubt = clock.doubt?.();
    if (doubt?.kind === this.told) return;
    this.told = doubt?.kind;
    if (doubt) log.warn({ ...doubt, date: clock.now().toISOString() }, doubtInWords(doubt));
    else log.info({}, 'the clock of this machine agrees with the time that passed again');
  }
}
