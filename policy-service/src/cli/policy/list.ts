import { Command } from 'commander';
import { listPolicies } from '../../application/policies/list-policies';
import { printTable, withExistingStore } from '../offline';

/** Activations that are listed; the API pages through all. */
const ACTIVATIONS = 20;

export function policyListCommand(): Command {
  return new Command('list')
    .description('List the stored bundles and the latest activations, newest first')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) =>
      withExistingStore(async ({ store }) => {
        const list = await listPolicies(store, { limit: ACTIVATIONS });
        if (options.json) {
          process.stdout.write(`${JSON.stringify(list, null, 2)}\n`);
          return;
        }
        if (!list.active) {
          process.stdout.write(
            'No policy was activated yet. The service activates the bundle of its folder at its start; where that cannot be used, it blocks everything.\n',
          );
        }
        printTable(
          ['', 'VERSION', 'STORED', 'BY'],
          list.bundles.map(({ active, version, createdAt, createdBy }) => [
            active ? 'active' : '',
            version,
            createdAt,
            createdBy,
          ]),
        );
        process.stdout.write('\n');
        printTable(
          ['ACTIVATED', 'VERSION', 'BY', 'REASON'],
          list.activations.map(({ at, version, by, reason }) => [at, version, by, reason]),
        );
      }),
    );
}
