import { join } from 'node:path';
import { loadBundle, type LoadedBundle } from '../../../policy-service/src/bundle/load-bundle';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import { REPO_ROOT } from '../../../scripts/stack/paths';

/** Milliseconds that the mock ERP waits before each write. */
export const WRITE_DELAY_MS = 20;

/** What is executed: three lookups and one write, allowed by the shipped rules. */
export const ACTION = 'inventory.adjust';
export const ARGUMENTS = { sku: 'SKU-1001', quantity: 25, warehouse_id: 'WH-01' };
export const PROPOSAL = {
  source: 'bench',
  requestedBy: 'ana@example.com',
  arguments: ARGUMENTS,
  confidence: 0.97,
};

/** The bundle that the service runs with. */
export function shippedBundle(): LoadedBundle {
  const folder = join(REPO_ROOT, 'policy-service');
  return loadBundle(readBundleFolder(folder), folder);
}
