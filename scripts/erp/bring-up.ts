import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { withInstallLock } from '../stack/install-lock';
import { cacheDir } from '../stack/paths';
import { assertPortsFree } from '../stack/ports';
import type { Progress } from '../stack/progress';
import type { ErpName, RunningErp, UpOptions } from './erp';
import { downOdoo, upOdoo } from './odoo';
import { downTryton, upTryton } from './tryton';

const UP: Record<ErpName, (options: UpOptions) => Promise<RunningErp>> = {
  tryton: upTryton,
  odoo: upOdoo,
};
const DOWN: Record<ErpName, (dir: string) => Promise<void>> = {
  tryton: downTryton,
  odoo: downOdoo,
};
export const DEFAULT_PORTS: Record<ErpName, number> = { tryton: 8000, odoo: 8069 };

/** Where an instance is kept unless it is said otherwise. */
export function defaultDir(name: ErpName): string {
  return join(cacheDir(), 'erp', name);
}

/**
 * Stops the instance of the folder if it runs, restores the seeded data and starts it.
 * @throws CannotRunError when this machine cannot run it, PortTakenError, Error with the ERP's log
 */
export async function bringUp(
  name: ErpName,
  dir: string,
  port: number,
  progress: Progress,
): Promise<RunningErp> {
  return withFolder(dir, progress, async (folder) => {
    await DOWN[name](folder);
    await assertPortsFree({ [name]: port });
    return UP[name]({ dir: folder, port, progress });
  });
}

/** Stops what runs in the folder; nothing to stop is fine. */
export async function bringDown(name: ErpName, dir: string, progress: Progress): Promise<void> {
  await withFolder(dir, progress, (folder) => DOWN[name](folder));
}

async function withFolder<T>(
  dir: string,
  progress: Progress,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  mkdirSync(dir, { recursive: true });
  const folder = realpathSync(dir);
  return withInstallLock(join(folder, 'lock'), progress, () => work(folder));
}
