import type { Deps } from './change/deps';
import { commit } from './change/change-request';

/** Sealed and kept in the database, so that another key is noticed. */
const CHECK = 'execution-layer';

/**
 * Seals what an earlier version stored as it was, and notices when the database comes to another
 * key than the one that it was last used with.
 * @returns a sentence that whoever starts the service should read; undefined when all is well
 */
export async function adoptSealingKey(
  deps: Pick<Deps, 'store' | 'sealer' | 'clock' | 'log'>,
): Promise<string | undefined> {
  const { store, sealer, clock, log } = deps;
  const check = await store.sealCheck();
  if (check !== undefined && sealer.open(check) === CHECK) return undefined;
  // Nothing is written beside a damaged log; the next start after its repair comes back to it.
  if (!(await store.log.damage())) {
    await store.sealAll((text) => sealer.seal(text), sealer.seal(CHECK));
    if (check === undefined) return undefined;
    const actor = { kind: 'service', id: 'start' } as const;
    const at = clock.now().toISOString();
    await commit(deps, { audit: [{ type: 'sealing_key.replaced', at, actor, data: {} }] });
  }
  const sentence =
    'The file sealing-key in the data directory is not the one that the database was last used with. What was sealed with that one stays closed: n8n executions that wait are not called back, and status links that were given out do not open. Requests, approvals and executions go on. If you have that key, from the backup or the other data directory, stop the service, put it back and start again.';
  log.error({}, sentence);
  return sentence;
}
