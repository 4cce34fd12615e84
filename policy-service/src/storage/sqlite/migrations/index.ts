import { initial } from './0001-initial';
import { governance } from './0002-governance';
import { fewerIndexes } from './0003-fewer-indexes';

/**
 * Forward only and numbered by position, 1 first. A migration that was released is never edited:
 * add the next one. They are TypeScript so that the compiler alone ships them.
 */
export const MIGRATIONS: readonly string[] = [initial, governance, fewerIndexes];
