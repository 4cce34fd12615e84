import type { GovernedRequest } from './request';

/**
 * Set on a request that came out of a backup: it may have gone further, and may have been written,
 * in what happened after the backup and is not known any more.
 */
export interface Restored {
  /** ISO 8601. */
  at: string;
  /**
   * It was asked for after the restore, and undoes what came out of the backup as written: that may
   * be undone already, under another id, so no search for this one's id finds it.
   */
  undoes?: true;
  /** An operator found out that nothing of it was written. */
  confirmed?: { by: string; at: string; evidence: string };
}

/** Whether nobody has found out yet what became of it after the backup. */
export function mayHaveBeenWritten({ restored }: Pick<GovernedRequest, 'restored'>): boolean {
  return restored !== undefined && restored.confirmed === undefined;
}
