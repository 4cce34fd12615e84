import { type Span, matches } from './spans';

/** Inside of a quotation; `outer` includes the quotation marks. */
export interface Quote {
  inner: Span;
  outer: Span;
}

const QUOTED =
  /"([^"\n]{1,600})"|\u201c([^\u201d\n]{1,600})\u201d|\u201e([^\u201c\u201d\n]{1,600})[\u201c\u201d]|\u00ab([^\u00bb\n]{1,600})\u00bb|(?<![\p{L}\p{N}])['\u2018]([^'\u2018\u2019\n]{1,600}(?:['\u2019]\p{L}[^'\u2018\u2019\n]{0,200}){0,4})['\u2019](?![\p{L}\p{N}])/gu;
const TITLE = /\b(?:titled|called|named|entitled|subject|headed|labelled|labeled|title)\s?:?\s?$/i;

export function findQuotes(text: string): Quote[] {
  return matches(text, QUOTED).map((outer) => ({
    outer,
    inner: { start: outer.start + 1, end: outer.end - 1 },
  }));
}

/** A quotation long enough to be somebody's words or the name of a thing, not a value of ours. */
export function isQuotedSpeech(text: string, quote: Quote): boolean {
  const words = text.slice(quote.inner.start, quote.inner.end).split(/\s+/).length;
  return (
    words > 3 || TITLE.test(text.slice(Math.max(0, quote.outer.start - 20), quote.outer.start))
  );
}

const FORWARD_LINE = /^[ \t]*>.*$/gm;
const FORWARD_HEAD =
  /^[ \t]*(?:-{2,20}\s?(?:original|forwarded) message|begin forwarded message|on .{3,80} wrote:|from:\s.{2,80}$)/im;
const ADOPTED =
  /\b(?:do|handle|process|action|execute|follow|carry out|see to|act on|go ahead with|proceed with|complete|take care of|fulfil|perform)\b[^.!?\n]{0,60}\b(?:below|asks?|asked|asking|requests?|requested|wants?|wanted|needs|says|said|wrote|this|it|that|as (?:described|instructed))\b|\bas (?:\w{1,20} )?(?:requested|asked) (?:below|by)\b/i;
const NOT_ADOPTED =
  /\b(?:do not|don't|never|not)\s+(?:\w{1,12}\s+)?(?:do|handle|process|action|execute|follow|act|go)\b/i;

export interface Forwarded {
  spans: Span[];
  /** The writer asks for what the forwarded part says. */
  adopted: boolean;
}

/** Lines that somebody else wrote: quoted with `>` or below a forwarding header. */
export function findForwarded(text: string): Forwarded {
  const spans = matches(text, FORWARD_LINE);
  const head = FORWARD_HEAD.exec(text);
  if (head && head.index > 0) spans.push({ start: head.index, end: text.length });
  if (spans.length === 0) return { spans, adopted: false };
  const own = text.slice(0, Math.min(...spans.map((span) => span.start)));
  return { spans, adopted: ADOPTED.test(own) && !NOT_ADOPTED.test(own) };
}

/** Header lines of a forwarded mail, which name people and dates but ask for nothing. */
export function forwardHeaders(text: string): Span[] {
  return matches(text, /^[ \t>]*(?:from|to|cc|sent|date|subject):.*$|^[ \t]*>(?=[ \t])/gim);
}
