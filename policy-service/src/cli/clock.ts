import { Command } from 'commander';
import { commit } from '../application/change/change-request';
import { ServiceClock } from '../system/service-clock';
import { withExistingStore } from './offline';

/** For a clock that was wrong for so long that it was believed. */
export function clockCommands(): Command {
  const clock = new Command('clock').description('The date that the service goes by');
  clock
    .command('accept')
    .description('Say that the date of this machine is right; running services follow in seconds')
    .requiredOption('--reason <text>', 'why; kept in the audit log')
    .option('--by <email>', 'who; recorded as a claim of whoever runs the command', 'command-line')
    .action(async ({ reason, by }: { reason: string; by: string }) => {
      const date = await withExistingStore(async (deps) => {
        const before = deps.clock.now().toISOString();
        const right = new ServiceClock();
        await right.accept(deps.store);
        const at = right.now().toISOString();
        const actor = { kind: 'cli' as const, id: by.slice(0, 200) };
        const data = { before, after: at, reason: reason.slice(0, 1_000) };
        await commit(deps, { audit: [{ type: 'clock.accepted', at, actor, data }] });
        return at;
      });
      process.stdout.write(
        `The service goes by the date of this machine from ${date} on. What is dated later is over.\n`,
      );
    });
  return clock;
}
