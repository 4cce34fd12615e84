import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErpName } from '../../../scripts/erp/erp';

const BUNDLES = join(__dirname, '../../../examples/bundles');

export function exampleBundle(name: ErpName): string {
  return join(BUNDLES, name);
}

/** The example bundle with short times, so that a lease can be short too. */
export function hurriedBundle(name: ErpName): string {
  const folder = mkdtempSync(join(tmpdir(), `execution-layer-${name}-`));
  cpSync(exampleBundle(name), folder, { recursive: true });
  const file = join(folder, 'connectors', `${name}.yaml`);
  const times = 'timeoutMs: 3000\ntotalMs: 6000\nsettleMs: 300\n';
  writeFileSync(file, `${readFileSync(file, 'utf8')}${times}`);
  return folder;
}
