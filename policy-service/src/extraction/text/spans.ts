import { MASK } from './characters';

/** UTF-16 offsets, end exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** Replaces the spans by mask characters of the same length. */
export function mask(text: string, spans: Span[]): string {
  if (spans.length === 0) return text;
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  const parts: string[] = [];
  let position = 0;
  for (const span of sorted) {
    const start = Math.max(span.start, position);
    if (span.end <= start) continue;
    parts.push(text.slice(position, start), MASK.repeat(span.end - start));
    position = span.end;
  }
  parts.push(text.slice(position));
  return parts.join('');
}

/** Spans of all matches of a global expression. */
export function matches(text: string, expression: RegExp): Span[] {
  return [...text.matchAll(expression)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Where the paragraph of a position ends: a blank line, or the end of the text. */
export function paragraphEnd(text: string, from: number): number {
  const blank = text.slice(from).search(/\n[ \t]*\r?\n/);
  return blank < 0 ? text.length : from + blank;
}

/** Where the sentence of a position ends: punctuation before a space, a line end, or the end. */
export function sentenceEnd(text: string, from: number): number {
  const stop = text.slice(from).search(/[.!?;](?=\s|$)|[\n\u2028\u2029]/);
  return stop < 0 ? text.length : from + stop;
}
