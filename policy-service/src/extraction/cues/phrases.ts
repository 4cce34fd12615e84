import { type Match, PhraseBook } from '../text/phrases';
import type { Token } from '../text/tokens';

/** What a phrase of plain English says about how a request is meant. */
export type Cue =
  | 'hedge'
  | 'vague'
  | 'correction'
  | 'condition'
  | 'polite'
  | 'future'
  | 'negator'
  | 'retraction'
  | 'hypothetical'
  | 'done'
  | 'elsewhere'
  | 'arithmetic';

const PHRASES: Readonly<Record<Cue, string[]>> = {
  hedge: ['maybe', 'perhaps', 'possibly', 'probably', 'presumably', 'apparently', 'i guess', 'i think', 'i reckon', 'i suppose', 'not sure', 'unsure', 'not certain', 'might', 'or so', 'or something', 'kind of', 'sort of', 'whatever', 'whichever', 'i forget', 'forget which', "can't remember", 'not remember', "don't remember", "don't recall", 'or was it', 'either', 'if i remember', 'could be', 'may be', "don't know", 'some number', 'you decide', 'up to you', 'as you see fit', 'i believe', 'as appropriate', 'as needed', 'a few', 'a couple', 'several'],
  vague: ['about', 'approx', 'approximately', 'around', 'roughly', 'circa', 'ca', 'nearly', 'almost', 'up to', 'at least', 'at most', 'more than', 'less than', 'no more than', 'over', 'under', 'between', 'maximum', 'max', 'minimum', 'somewhere', 'say'],
  correction: ['correction', 'sorry', 'i mean', 'i meant', 'make that', 'make it', 'scratch that', 'no wait', 'wait', 'or rather', 'oops', 'my mistake', 'actually', 'strike that', 'no no', 'instead'],
  condition: ['=if', 'unless', '=once', '=when', 'whenever', 'provided', 'providing', 'as soon as', 'in case', 'as long as', 'so long as', 'subject to', 'assuming', 'until', 'till', 'pending', 'contingent', 'the moment', 'not before', 'except if', 'except when', 'only after', 'on condition', 'depending on'],
  polite: ['if you would', 'if you could', 'if you can', 'if you please', "if you don't mind", 'if possible', 'if that is ok', 'at once', "don't forget to", 'do not forget to', "don't hesitate to", 'do not hesitate to', "don't worry", 'no problem', 'not only', 'when you can', 'when you get a chance', 'when you have time', 'when you have a moment', 'no rush', 'why not'],
  future: ['tomorrow', 'next week', 'next month', 'next quarter', 'next year', 'next monday', 'next tuesday', 'next wednesday', 'next thursday', 'next friday', 'on monday', 'on tuesday', 'on wednesday', 'on thursday', 'on friday', 'on saturday', 'on sunday', 'before monday', 'by monday', 'by friday', 'by tomorrow', 'after monday', 'end of the month', 'end of month', 'month end', 'end of the week', 'end of the quarter', 'end of the year', 'in two weeks', 'in a week', 'in a month', 'later this week', 'later today', 'effective', 'starting', 'first of the month', 'every week', 'every month', 'every monday', 'weekly', 'monthly', 'on the =first', 'schedule'],
  negator: ['=not', "don't", "doesn't", "didn't", "won't", "can't", "cannot", "shouldn't", "mustn't", "isn't", "wasn't", "haven't", "hasn't", "needn't", "wouldn't", 'dont', 'never', 'no longer', '=no', 'without', '=stop', 'avoid', 'instead of', 'rather than', 'decided against', 'against', 'refrain from', 'hold off', 'hold back', 'hold on', 'skip', 'postpone', '=pause', '=halt', '=cease', 'cancel', '=undo', '=reverse', '=revert', '=void', 'abort', 'withdraw', 'block', 'no need to', 'forget about', 'forget', 'put off', 'drop', 'suspend', 'freeze', 'neither', 'nie', 'nicht', 'niet', 'kein', 'keine', '\u4e0d\u8981', '\u522b', 'ne pas', 'no debe', 'n\u00e3o', 'nunca', 'non', 'jamais', 'rien', 'ikke', 'inte'],
  retraction: ['never mind', 'nevermind', 'scratch that', 'forget it', 'forget that', 'forget about it', 'cancel that', 'cancel it', 'cancel this', 'strike that', 'on second thought', 'changed my mind', 'disregard that', 'disregard this', 'on hold', 'put ... on hold', "don't do it", 'do not do it', 'actually don\'t', 'actually no', 'take that back', 'undo', 'reverse', 'revert', 'roll back', 'is cancelled', 'was cancelled', 'has been cancelled', 'been cancelled', 'is canceled', 'been canceled', 'called off', 'withdrawn', 'not yet', 'just testing', 'just kidding', 'only kidding', 'this is a test', 'just a test', 'a mistake'],
  hypothetical: ['what if', 'what would', 'what happens', 'would happen', 'hypothetically', 'suppose', 'supposing', 'imagine', 'should we', 'should i', 'shall we', 'shall i', 'do you think', 'would it', 'is it ok to', 'is it possible', 'are we allowed', 'am i allowed', 'can we', 'could we', 'can i', 'may we', 'were to', 'thinking about', 'thinking of', 'considering', 'how do i', 'how would', 'how can i', 'how to', 'who can', 'who may', 'would have', 'if we', 'in theory', 'do we need to', 'do i need to', 'wondering whether', 'wondering if', 'not sure whether', 'not sure if'],
  done: ['already', '=did', "didn't", 'have you', 'has been', 'have been', 'was', 'were', 'had', 'why did', 'why was', 'when did', 'who'],
  elsewhere: ['purchase order', 'sales order', 'payroll', 'payslip', 'salary'],
  arithmetic: ['half of', 'a third of', 'a quarter of', 'two thirds of', 'three quarters of', 'plus vat', 'plus tax', '+ vat', '+ tax', 'excluding vat', 'excl vat', 'ex vat', 'before tax', 'minus discount', 'less discount', 'times', 'each', 'apiece', 'per unit', 'per month', 'per item', 'per week', 'twice', 'double', 'triple', 'split', 'remaining', 'the rest', 'the balance', 'instalments', 'installments', 'discount', 'of the total', 'divided by', 'plus shipping', 'net of'],
};

const BOOK = new PhraseBook<Cue>();
for (const [cue, phrases] of Object.entries(PHRASES)) for (const phrase of phrases) BOOK.add(phrase, cue as Cue);

/** All cues of a text, by kind and position; words inside a polite formula are no other cue. */
export function findCues(tokens: Token[]): Record<Cue, Match<Cue>[]> {
  const found = BOOK.find(tokens);
  const polite = found.filter((match) => match.payload === 'polite');
  const result = Object.fromEntries(Object.keys(PHRASES).map((cue) => [cue, []])) as unknown as Record<Cue, Match<Cue>[]>;
  for (const match of found) {
    const inside = polite.some((one) => one !== match && match.first >= one.first && match.last <= one.last);
    if (!inside) result[match.payload].push(match);
  }
  return result;
}
