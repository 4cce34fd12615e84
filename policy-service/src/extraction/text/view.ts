import { isAscii } from './characters';
import { findInjections, pressesForLessControl } from './injection';
import { type Quote, findForwarded, findQuotes, forwardHeaders, isQuotedSpeech } from './quotes';
import { type Span, mask, matches } from './spans';

/** A text with everything masked that must not be read; offsets are those of the original. */
export interface View {
  original: string;
  /** Without injected, forwarded and linked parts. */
  clean: string;
  /** Also without long quotations: the part in which the writer asks for something. */
  spoken: string;
  quotes: Quote[];
  /** What was masked as an injection, once each. */
  injections: string[];
  pressure: boolean;
  forwarded: 'none' | 'adopted' | 'ignored';
  quotedSpeech: boolean;
}

const LINK = /!?\[[^\]\n]{0,200}\]\([^)\n]{0,400}\)/g;
const URL = /\b[a-z][a-z0-9+.-]{1,12}:\/\/[^\s<>"]{1,2000}|\bwww\.[^\s<>"]{1,2000}/gi;

/** Decides which parts of a text are the writer's own request. */
export function view(text: string, actionIds: string[]): View {
  const links = [...matches(text, LINK), ...matches(text, URL)];
  const withoutLinks = mask(text, links);
  const injections = findInjections(withoutLinks, actionIds);
  const loaded = links.filter((link) => /[?=&]|\d{4}|^!/.test(text.slice(link.start, link.end)));
  const forwarded = findForwarded(withoutLinks);
  const others: Span[] = forwarded.adopted ? forwardHeaders(text) : forwarded.spans;
  const clean = mask(text, [...links, ...injections.map((one) => one.span), ...others]);
  const quotes = findQuotes(clean);
  const speech = quotes.filter((quote) => isQuotedSpeech(clean, quote));
  const what = injections.map((one) => one.what);
  if (loaded.length > 0) what.push('a link that carries data');
  return {
    original: text,
    clean,
    spoken: mask(
      clean,
      speech.map((quote) => quote.inner),
    ),
    quotes,
    injections: [...new Set(what)],
    pressure: pressesForLessControl(mask(text, links)),
    forwarded: forwarded.spans.length === 0 ? 'none' : forwarded.adopted ? 'adopted' : 'ignored',
    quotedSpeech: speech.some((quote) => isAscii(text.slice(quote.inner.start, quote.inner.end))),
  };
}
