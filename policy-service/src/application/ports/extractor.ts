import type { Action } from '../../domain/catalogue/action';
import type { Intent } from '../../domain/request/request';

export interface ExtractionInput {
  text: string;
  actions: Action[];
  /** Whose text it is: where many wait, callers take turns. */
  by?: string;
}
/**
 * Turns text into an intent.
 * @throws ExtractionFailed when no answer can be had; AppError `rate_limited` when too many wait
 */
export interface Extractor {
  readonly name: 'pattern' | 'claude';
  extract(input: ExtractionInput): Promise<Intent>;
}
export class ExtractionFailed extends Error {}
