import { Command } from 'commander';
import { loadBundle } from '../../bundle/load-bundle';
import { readBundleFolder } from '../../bundle/read-folder';
import { readConfig } from '../../config';

export function policyCheckCommand(): Command {
  return new Command('check')
    .argument('[folder]', 'folder of the bundle (default: EXECUTION_LAYER_BUNDLE_DIR)')
    .description('Check a bundle; every problem names its file')
    .option('--json', 'as JSON')
    .action((folder: string | undefined, options: { json?: boolean }) => {
      const checked = folder ?? readConfig(process.env).bundleDir;
      const { bundle, questions } = loadBundle(readBundleFolder(checked), checked);
      const actions = bundle.actions.map(({ id, version, stage }) => ({ id, version, stage }));
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ version: bundle.version, actions, questions }, null, 2)}\n`
          : `The bundle is valid: ${actions.length} actions, version ${bundle.version}.\n${questions.map(({ where, message }) => `Warning: ${where}: ${message}.\n`).join('')}`,
      );
    });
}
