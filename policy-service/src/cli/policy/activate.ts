import { Command } from 'commander';
import { activateBundle, type ActivationResult } from '../../application/policies/activate-bundle';
import { namedBundle } from '../../application/policies/stored-bundle';
import type { PolicyActor } from '../../application/policies/policy-deps';
import { rollBack } from '../../application/policies/roll-back';
import { storeBundle } from '../../application/policies/store-bundle';
import { readBundleFolder } from '../../bundle/read-folder';
import { withExistingStore, withStore, type OfflineDeps } from '../offline';
import { isFolder } from './bundle-argument';

interface Why {
  reason: string;
  by?: string;
}

/** Connectors are tried with the environment of this command, which should be the service's. */
const SETTINGS =
  '\nRun it with the environment of the service: a bundle whose connectors lack a setting is refused.';

export function policyActivateCommand(): Command {
  return withWhy(
    new Command('activate')
      .argument('<bundle>', 'a folder, or a stored version or its first characters')
      .description('Check and test a bundle, and let it decide from now on')
      .addHelpText('after', SETTINGS),
  ).action((bundle: string, why: Why) =>
    withStore(async (deps) => {
      const by = actorOf(why);
      const version = await versionOf(deps, by, bundle);
      tell(await activateBundle(deps, by, version, why.reason));
    }),
  );
}

export function policyRollbackCommand(): Command {
  return withWhy(
    new Command('rollback')
      .description('Activate the version that was active before; twice leads back')
      .addHelpText('after', SETTINGS),
  ).action((why: Why) =>
    withExistingStore(async (deps) => tell(await rollBack(deps, actorOf(why), why.reason))),
  );
}

function withWhy(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why; it is recorded and shown')
    .option('--by <email>', 'who; recorded as a claim of whoever runs the command');
}

function actorOf({ by }: Why): PolicyActor {
  return { actor: { kind: 'cli', id: 'command-line' }, name: by ?? 'command-line' };
}

async function versionOf(deps: OfflineDeps, by: PolicyActor, bundle: string): Promise<string> {
  if (!isFolder(bundle)) return (await namedBundle(deps.store, bundle)).version;
  return (await storeBundle(deps, by, readBundleFolder(bundle), bundle)).version;
}

function tell({ version, from, changed }: ActivationResult): void {
  process.stdout.write(
    changed
      ? `Active: ${version}${from ? ` (before: ${from})` : ''}. A running service takes it over within a second.\n`
      : `${version} was active already; nothing changed.\n`,
  );
}
