import type { EvidenceSpan } from '../domain/request/request';

/** A piece of the request text and the arguments that were read from it. */
export interface Segment {
  text: string;
  arguments: string[];
}

/** Evidence that quotes the text exactly; anything else proves nothing. */
function quotes(text: string, span: EvidenceSpan): boolean {
  return span.start >= 0 && span.end > span.start && text.slice(span.start, span.end) === span.text;
}

/** Arguments whose evidence does not stand in the text where it claims to. */
export function misquoted(text: string, evidence: Record<string, EvidenceSpan>): string[] {
  return Object.entries(evidence)
    .filter(([, span]) => !quotes(text, span))
    .map(([name]) => name);
}

/** Cuts the text at the borders of its evidence; overlapping spans share a segment. */
export function segments(text: string, evidence: Record<string, EvidenceSpan>): Segment[] {
  const spans = Object.entries(evidence).filter(([, span]) => quotes(text, span));
  const borders = new Set([0, text.length, ...spans.flatMap(([, s]) => [s.start, s.end])]);
  const cuts = [...borders].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, index) => {
    const end = cuts[index + 1] ?? text.length;
    return {
      text: text.slice(start, end),
      arguments: spans.filter(([, s]) => s.start <= start && s.end >= end).map(([name]) => name),
    };
  });
}
