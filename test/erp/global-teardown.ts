import { bringDown } from '../../scripts/erp/bring-up';
import { testDir } from './global-setup';
import { readErps } from './support/erps';

export default async function globalTeardown(): Promise<void> {
  for (const erp of Object.values(readErps())) {
    if ('cannotRun' in erp) continue;
    await bringDown(erp.erp, testDir(erp.erp), () => undefined);
  }
}
