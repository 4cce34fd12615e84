import { readFileSync, writeFileSync } from 'node:fs';
import type { ErpName, RunningErp } from '../../../scripts/erp/erp';

/** What the global set-up could bring up, or the sentence that says why it could not. */
export type Erps = Record<ErpName, RunningErp | { cannotRun: string }>;

const VARIABLE = 'EXECUTION_LAYER_TEST_ERPS';

/** Test files run in processes of their own: they read what the set-up wrote. */
export function writeErps(file: string, erps: Erps): void {
  writeFileSync(file, JSON.stringify(erps), { mode: 0o600 });
  process.env[VARIABLE] = file;
}

export function readErps(): Erps {
  return JSON.parse(readFileSync(process.env[VARIABLE] ?? '', 'utf8')) as Erps;
}

/** A suite against a real ERP; where it cannot run, the suite is skipped and its title says why. */
export function describeErp(name: ErpName, title: string, suite: (erp: RunningErp) => void): void {
  const erp = readErps()[name];
  if (!('cannotRun' in erp)) return describe(title, () => suite(erp));
  describe.skip(`${title} (not run: ${erp.cannotRun})`, () => {
    test('needs the ERP', () => undefined);
  });
}
