import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadBundle } from '../../../policy-service/src/bundle/load-bundle';
import { runPolicyCases } from '../../../policy-service/src/bundle/policy-cases';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';

const BUNDLES = join(__dirname, '../../../examples/bundles');

test.each(readdirSync(BUNDLES))(
  'the example bundle %s is valid and passes its own cases',
  (name) => {
    const loaded = loadBundle(readBundleFolder(join(BUNDLES, name)), name);
    const report = runPolicyCases(loaded);
    expect(report.results.length).toBeGreaterThan(0);
    expect(report.results.filter(({ differences }) => differences.length > 0)).toEqual([]);
    for (const action of loaded.bundle.actions) {
      if (action.class !== 'read') expect(action.compensation).toHaveProperty('operation');
    }
  },
);
