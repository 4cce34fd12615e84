import { Command } from 'commander';
import { activeStops } from '../application/stops/active-stops';
import { knownTargets, type KnownTargets } from '../application/stops/known-targets';
import { liftStop } from '../application/stops/lift-stop';
import { stopExecution, type ControlActor, type StopOrder } from '../application/stops/stop';
import type { Store } from '../application/ports';
import { BundleError } from '../bundle/bundle-error';
import { loadBundle } from '../bundle/load-bundle';
import { broadestFirst, targetInWords, type Control } from '../domain/stops/stop';
import { AppError } from '../domain/errors';
import { printTable, withExistingStore } from './offline';

interface StopOptions {
  all?: boolean;
  action?: string;
  connector?: string;
  requester?: string;
  token?: string;
  reason: string;
  by?: string;
}

const BY_WHOM = 'who; recorded as a claim of whoever runs the command';

function actorOf(by = 'command-line'): ControlActor {
  return { actor: { kind: 'cli', id: by.slice(0, 200) } };
}

/** The kill switch, beside a running service: it reads stops from the same data directory. */
export function controlCommands(): Command {
  const control = new Command('control').description(
    'Stop executions and let them go on again (kill switch)',
  );
  control
    .command('stop')
    .description('Stop executions that have not begun; also of what is approved already')
    .option('--all', 'stop everything')
    .option('--action <id>', 'stop one action, for example vendor_payment.create')
    .option('--connector <id>', 'stop everything that is written through one connector')
    .option('--requester <name>', 'stop what one person asks for, under any of their names')
    .option('--token <id>', 'stop what one service token proposed; see: token list')
    .requiredOption('--reason <text>', 'why; shown to everybody who is held back')
    .option('--by <email>', BY_WHOM)
    .action((options: StopOptions) =>
      withExistingStore(async (deps) => {
        const order = { target: targetOf(options), reason: options.reason };
        const known = await catalogueInForce(deps.store);
        const stop = await stopExecution(deps, actorOf(options.by), order, known);
        if (!known && ['action', 'connector'].includes(stop.target.kind)) {
          process.stderr.write(
            'No bundle is active, so nobody checked whether there is such a name. Check the spelling.\n',
          );
        }
        process.stdout.write(
          `Stopped: ${targetInWords(stop.target)}, since ${stop.at}. Lift it with: control lift ${stop.id} --reason R\n`,
        );
      }),
    );
  control
    .command('list')
    .description('List the stops that hold now')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) =>
      withExistingStore(async ({ store }) => {
        const stops = (await activeStops(store)).sort(broadestFirst);
        if (options.json) process.stdout.write(`${JSON.stringify(stops, null, 2)}\n`);
        else if (stops.length === 0) process.stdout.write('Nothing is stopped.\n');
        else {
          printTable(
            ['ID', 'STOPPED', 'SINCE', 'BY', 'REASON'],
            stops.map(({ id, target, at, by, reason }) => [
              id,
              targetInWords(target),
              at,
              by,
              reason,
            ]),
          );
        }
      }),
    );
  control
    .command('lift <id>')
    .description('Lift a stop; what no other stop holds back may be executed again')
    .requiredOption('--reason <text>', 'why execution may go on')
    .option('--by <email>', BY_WHOM)
    .action((id: string, options: { reason: string; by?: string }) =>
      withExistingStore(async (deps) => {
        const by = actorOf(options.by);
        const lifted = await liftStop(deps, by, id, options.reason);
        const left = await activeStops(deps.store);
        process.stdout.write(
          `Lifted: ${targetInWords(lifted.target)}${lifted.liftedBy === by.actor.id ? '' : `; ${lifted.liftedBy} had lifted it already`}. ${stillStopped(left)}\n`,
        );
      }),
    );
  return control;
}

/** What a lift leaves stopped: two stops may hold back the same thing. */
function stillStopped(stops: Control[]): string {
  return stops.length === 0
    ? 'Nothing is stopped any more.'
    : `Still stopped: ${stops.map(({ target }) => targetInWords(target)).join(', ')}.`;
}

/** @throws AppError `invalid_parameter` unless exactly one target is named */
function targetOf(options: StopOptions): StopOrder['target'] {
  const named = (['action', 'connector', 'requester', 'token'] as const).flatMap((kind) =>
    options[kind] === undefined ? [] : [{ kind, id: options[kind] }],
  );
  const targets: StopOrder['target'][] = [
    ...(options.all ? [{ kind: 'all' as const }] : []),
    ...named,
  ];
  const [target] = targets;
  if (!target || targets.length > 1) {
    throw new AppError(
      'invalid_parameter',
      'Say what to stop, with one of --all, --action, --connector, --requester and --token.',
    );
  }
  return target;
}

/** What the active bundle offers; undefined where there is none, or none that can be read. */
async function catalogueInForce(store: Store): Promise<KnownTargets | undefined> {
  const [active] = (await store.activations({ limit: 1 })).items;
  const files = active && (await store.bundleFiles(active.version));
  if (!files) return undefined;
  try {
    const { bundle } = loadBundle(files, active.version, 'active');
    return knownTargets({ bundle: () => bundle });
  } catch (error) {
    if (error instanceof BundleError) return undefined;
    throw error;
  }
}
