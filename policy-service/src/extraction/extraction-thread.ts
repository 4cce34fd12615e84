import type { Action } from '../domain/catalogue/action';
import type { Intent } from '../domain/request/request';
import { answerMessages } from '../threads/answer-messages';
import { PatternExtractor } from './pattern-extractor';

/** A text to read; the actions come with the first one of their catalogue. */
export interface TextToRead {
  text: string;
  actions?: Action[];
}

const extractor = new PatternExtractor();
let catalogue: Action[] = [];

/** The thread behind OffThreadExtractor. */
answerMessages(({ text, actions }: TextToRead): Promise<Intent> => {
  catalogue = actions ?? catalogue;
  return extractor.extract({ text, actions: catalogue });
});
