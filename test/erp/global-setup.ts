import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bringUp, defaultDir } from '../../scripts/erp/bring-up';
import { CannotRunError, ERP_NAMES, type ErpName } from '../../scripts/erp/erp';
import { killAllChildren } from '../../scripts/stack/child';
import { freePort } from '../../scripts/stack/ports';
import { writeErps, type Erps } from './support/erps';

/** Names that must be there, with commas; the others are skipped where they cannot run. */
const REQUIRED = (process.env['EXECUTION_LAYER_TEST_ERPS_REQUIRED'] ?? '').split(',');

/** Brings up a real Tryton and a real Odoo for all tests, on ports of their own. */
export default async function globalSetup(): Promise<void> {
  // An interrupted run must not leave them behind.
  process.once('exit', killAllChildren);
  const say = (line: string): void => void process.stderr.write(`  ${line}\n`);
  const erps: Partial<Erps> = {};
  for (const name of ERP_NAMES) erps[name] = await tryUp(name, say);
  const dir = mkdtempSync(join(tmpdir(), 'execution-layer-erp-'));
  writeErps(join(dir, 'erps.json'), erps as Erps);
}

async function tryUp(name: ErpName, say: (line: string) => void): Promise<Erps[ErpName]> {
  try {
    return await bringUp(name, testDir(name), await freePort(), say);
  } catch (error) {
    if (!(error instanceof CannotRunError) || REQUIRED.includes(name)) throw error;
    say(`The tests against ${name} are NOT RUN: ${error.message}`);
    return { cannotRun: error.message };
  }
}

/** Apart from the instance that a developer may have running. */
export function testDir(name: ErpName): string {
  return `${defaultDir(name)}-test`;
}
