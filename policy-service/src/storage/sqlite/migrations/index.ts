import type { Database } from 'better-sqlite3';
import { initial } from './0001-initial';
import { governance } from './0002-governance';
import { fewerIndexes } from './0003-fewer-indexes';
import { placesAndCanonicalKeys } from './0004-places-and-canonical-keys';
import { logCheck } from './0005-log-check';
import { noCsrfTokens } from './0006-no-csrf-tokens';
import { sealing } from './0007-sealing';
import { serviceTime } from './0008-service-time';
import { keysOfToday } from './0009-keys-of-today';

/** SQL, or a function of the database for what SQL cannot compute; it runs inside the migration's transaction. */
export type Migration = string | ((db: Database) => void);

/**
 * Forward only and numbered by position, 1 first. A migration that was released is never edited:
 * add the next one. They are TypeScript so that the compiler alone ships them.
 */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  governance,
  fewerIndexes,
  placesAndCanonicalKeys,
  logCheck,
  noCsrfTokens,
  sealing,
  serviceTime,
  keysOfToday,
];
