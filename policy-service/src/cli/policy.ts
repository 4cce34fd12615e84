import { Command } from 'commander';
import { loadBundle } from '../bundle/load-bundle';
import { readConfig } from '../config';

export function policyCommands(): Command {
  const policy = new Command('policy').description('The bundle: catalogue, rules and connectors');
  policy
    .command('check [folder]')
    .description(
      'Check a bundle folder (default: EXECUTION_LAYER_BUNDLE_DIR); every problem names its file',
    )
    .option('--json', 'as JSON')
    .action((folder: string | undefined, options: { json?: boolean }) => {
      const { bundle } = loadBundle(folder ?? readConfig(process.env).bundleDir);
      const actions = bundle.actions.map(({ id, version, stage }) => ({ id, version, stage }));
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ version: bundle.version, actions }, null, 2)}\n`
          : `The bundle is valid: ${actions.length} actions, version ${bundle.version}.\n`,
      );
    });
  return policy;
}
