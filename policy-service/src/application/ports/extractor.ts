import type { Action } from '../../domain/action';
import type { Intent } from '../../domain/request';

export interface ExtractionInput {
  text: string;
  actions: Action[];
}
/** Turns text into an intent. @throws ExtractionFailed when no answer can be had */
export interface Extractor {
  readonly name: 'pattern' | 'claude';
  extract(input: ExtractionInput): Promise<Intent>;
}
export class ExtractionFailed extends Error {}
