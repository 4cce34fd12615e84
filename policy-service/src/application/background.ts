import { deliverCallbacks } from './notices/deliver-callbacks';
import type { Deps } from './change/deps';
import { expireDue } from './requests/expire-due';
import { LogWatch } from './audit-log/log-check/watch-log';
import { latestNow } from '../domain/service-time';
import { livedBy } from './ports';
import { recoverExecutions } from './execution/recovery/recover-executions';
import { ClockWatch } from './watch-clock';

/** How often each piece of work is looked for, in milliseconds. */
const EVERY = {
  policy: 500,
  callbacks: 250,
  calls: 5_000,
  expiry: 1_000,
  recovery: 1_000,
  log: 5_000,
  clock: 10_000,
  purge: 600_000,
};

/**
 * Work that no call waits for. Every process of a data directory runs it; each piece is claimed in
 * a commit, so it is done once.
 * @param every other pauses, in milliseconds
 * @returns stops the loops and resolves when the work under way has ended
 */
export function startBackground(
  deps: Deps,
  every: Partial<typeof EVERY> = {},
): () => Promise<void> {
  const watch = new LogWatch(deps);
  const clockWatch = new ClockWatch(deps);
  const loops = [
    loop(deps, 'policy', EVERY.policy, async () => void (await deps.policy.refresh())),
    loop(deps, 'callbacks', EVERY.callbacks, () => deliverCallbacks(deps)),
    loop(deps, 'calls', EVERY.calls, () => deps.calls.flush()),
    loop(deps, 'expiry', EVERY.expiry, () => expireDue(deps)),
    loop(deps, 'recovery', EVERY.recovery, () => recoverExecutions(deps)),
    loop(deps, 'log', every.log ?? EVERY.log, () => watch.look()),
    loop(deps, 'clock', EVERY.clock, () => clockWatch.look()),
    loop(deps, 'purge', EVERY.purge, () => purge(deps)),
  ];
  return async () => {
    await Promise.all(loops.map((stop) => stop()));
  };
}

function purge({ store, clock }: Deps): Promise<void> {
  return store.purge(livedBy(clock).toISOString(), latestNow(clock.now()).toISOString());
}

function loop(
  deps: Deps,
  name: string,
  everyMs: number,
  work: () => Promise<void>,
): () => Promise<void> {
  let stopped = false;
  let wake: (() => void) | undefined;
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, everyMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const running = (async () => {
    while (!stopped) {
      try {
        await work();
      } catch (error) {
        deps.log.warn({ work: name, err: String(error) }, 'background work will be tried again');
      }
      if (!stopped) await pause();
    }
  })();
  return () => {
    stopped = true;
    wake?.();
    return running;
  };
}
