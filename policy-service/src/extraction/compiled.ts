import type { Action } from '../domain/catalogue/action';
import type { Role } from './readers/scene';
import { PhraseBook } from './text/phrases';
import { type ArgumentWords, type IdShape, type Vocabulary, parseVocabulary } from './vocabulary';

export interface CompiledAction {
  vocabulary: Vocabulary;
  book: PhraseBook<Role>;
}
export interface Compiled {
  actions: CompiledAction[];
  /** Shapes of all record numbers of the catalogue. */
  shapes: IdShape[];
  ids: string[];
}

const CACHE = new WeakMap<Action[], Compiled>();

/** Phrase tables of a catalogue, built once per array of actions. @throws Error on a wrong block */
export function compile(actions: Action[]): Compiled {
  const cached = CACHE.get(actions);
  if (cached) return cached;
  const compiled = build(actions);
  CACHE.set(actions, compiled);
  return compiled;
}

function build(actions: Action[]): Compiled {
  const list = actions.map((action) => {
    const vocabulary = parseVocabulary(action);
    return { vocabulary, book: bookOf(vocabulary) };
  });
  const shapes = list.flatMap(({ vocabulary }) =>
    vocabulary.arguments.flatMap((words) => (words.kind === 'id' ? [words.shape] : [])),
  );
  return { actions: list, shapes, ids: actions.map((action) => action.id) };
}

function bookOf(vocabulary: Vocabulary): PhraseBook<Role> {
  const book = new PhraseBook<Role>();
  const lists = {
    commands: vocabulary.commands,
    hints: vocabulary.hints,
    reports: vocabulary.reports,
    nouns: vocabulary.nouns,
    excludes: vocabulary.excludes,
    ignores: vocabulary.ignores,
  };
  for (const [list, phrases] of Object.entries(lists))
    for (const phrase of phrases) book.add(phrase, { list });
  for (const words of vocabulary.arguments) addArgument(book, words);
  return book;
}

function addArgument(book: PhraseBook<Role>, words: ArgumentWords): void {
  const argument = words.name;
  const add = (list: string, phrases: string[]): void => {
    for (const phrase of phrases) book.add(phrase, { list, argument });
  };
  switch (words.kind) {
    case 'id':
      return add('nouns', words.nouns);
    case 'code':
    case 'amount':
      return add('labels', words.labels);
    case 'currency':
      return undefined;
    case 'quantity':
      add('increase', words.increase);
      add('decrease', words.decrease);
      add('targets', words.targets);
      add('units', words.units);
      return add('labels', words.labels);
    case 'count':
      add('units', words.units);
      return add('labels', words.labels);
    case 'choice':
      add('leads', words.leads);
      add('outside', words.outside);
      for (const [value, synonyms] of Object.entries(words.values)) {
        const own = value.includes('_') ? value.replace(/_/g, ' ') : `=${value}`;
        for (const phrase of [own, ...synonyms])
          book.add(phrase, { list: 'values', argument, value });
      }
      return undefined;
    case 'text':
      add('labels', words.labels);
      return add('introducers', words.introducers);
    case 'value':
      return add('introducers', words.introducers);
  }
}
