export { ClaudeExtractor, type ClaudeOptions } from './claude-extractor';
export { PatternExtractor } from './pattern-extractor';
export { type Vocabulary, parseVocabulary } from './vocabulary';
