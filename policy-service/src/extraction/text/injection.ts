import { type Span, matches, paragraphEnd, sentenceEnd } from './spans';

export interface Injection {
  span: Span;
  /** What it looks like, for a sentence to the reviewer. */
  what: string;
}

/** Bounded expressions: every quantifier that could overlap with its neighbour has a maximum. */
const ROLE =
  /(?:^|[\n\u2028\u2029])[ \t>*#-]{0,6}(?:system|assistant|developer|user|human|tool)(?: (?:prompt|message|override|note|result|output))?\s?:|\b(?:SYSTEM|ASSISTANT|DEVELOPER|ADMIN)(?: (?:PROMPT|MESSAGE|OVERRIDE|NOTE))?\s?:|[[<{|]{1,3}\/?\s?(?:system|assistant|developer|user|tool|inst|im_start|im_end|s)\b[^\]>\n]{0,40}[\]>|}]|#{2,}\s?(?:system|instruction|assistant|response|new task)|\b(?:tool|function)[ _](?:result|output|call|response)s?\s?:|(?:^|\s)(?:BEGIN|END) (?:SYSTEM|INSTRUCTIONS?|PROMPT)\b/gi;
const OVERRIDE =
  /\b(?:ignore|disregard|forget|override|bypass|discard|drop)\b(?:\s+\S{1,20}){0,4}?\s+(?:instructions?|rules?|polic(?:y|ies)|guardrails?|prompts?|guidelines?|restrictions?|limits?|everything|safeguards?|safety|training)\b|\bnew (?:system )?instructions?\b\s?:?|\bsystem prompt\b|\bfrom now on,? you\b|\byou (?:are|must) now\b|\b(?:developer|god|admin|sudo|debug|dan) mode\b/gi;
const MODEL_TALK =
  /\b(?:p\.?s\.? )?as (?:an?|the) (?:ai|llm|language model|assistant|model)\b|\b(?:note|message|instruction|memo|hint|attention|dear|hello|hey)s?(?: (?:to|for|from))?(?: the| all| any)? (?:\w{1,12} )?(?:ai|llm|bot|model|language model|parser|extractor|classifier|agent|gpt|claude|assistant)\b|\bthe (?:ai|llm|model|assistant|parser|extractor|bot) (?:must|should|shall|will|has to|needs to)\b|\bset (?:the |your )?confidence\b|\bconfidence\s?(?:=|:|to|is|of)\s?[01]|\b(?:must|needs?|requires?)_(?:review|approval)\b/gi;
const CODE =
  /\$\{[^}\n]{0,200}\}|\{\{[^}\n]{0,200}\}\}|<%[^%\n]{0,200}%>|```|(?<![\w.])[a-z]{2,30}(?:[._][a-z]{2,30}){1,4}\s?\([^)\n]{0,400}\)?|['"]\s?[);]{0,2}\s?(?:drop|delete|insert|update|select|union|alter)\s[^\n]{0,200}|['"]\s?;?\s?--[^\n]{0,200}|\b(?:let|var|const)?\s?\w{1,30}\s?=\s?['"][^'"\n]{0,100}['"]|<\/?[a-z][a-z0-9_-]{0,20}(?:\s[^>\n]{0,200})?>/gi;
const FLAG =
  /(?<![\w.@/])[a-z]{2,20}(?:_[a-z]{2,20}){1,3}\s?[=:]\s?[^\s,;]{1,60}|\b(?:set\s)?(?:approved|risk|stage|confidence|role)\s?=\s?[^\s,;]{1,60}/gi;
const ENCODED =
  /(?<![\w/+])(?=[A-Za-z0-9+/]{0,200}[0-9])(?=[A-Za-z0-9+/]{0,200}[a-z])(?=[A-Za-z0-9+/]{0,200}[A-Z])[A-Za-z0-9+/]{20,4000}={0,2}(?![\w/+])|(?<![\w/+])[A-Za-z0-9+/]{16,4000}={1,2}|\b(?:[0-9a-f]{2}){12,2000}\b|(?:%[0-9a-f]{2}){3,2000}|(?:\\[ux][0-9a-f]{2,4}){2,2000}|(?:&#x?[0-9a-f]{2,6};){2,2000}/gi;
const PAYLOAD_LINE =
  /^[ \t]*(?:- )?["']?(action|tool|function|name|arguments|parameters|approved|approved_by|intent|role|content|[a-z]{2,20}(?:_[a-z]{2,20}){1,3})["']?[ \t]?[:=]/i;
const ANY_LINE = /^[ \t]*(?:- )?["']?[a-z_]{2,30}["']?[ \t]?[:=]/i;

/** Parts of a text that talk to the machine instead of asking for something. */
export function findInjections(text: string, actionIds: string[]): Injection[] {
  const found: Injection[] = [];
  const add = (what: string, spans: Span[]): void => {
    for (const span of spans) found.push({ span, what });
  };
  const toParagraph = (span: Span): Span => ({
    start: span.start,
    end: paragraphEnd(text, span.end),
  });
  const toSentence = (span: Span): Span => ({
    start: span.start,
    end: sentenceEnd(text, span.end),
  });
  add('a hidden comment', comments(text));
  add('a data payload', [...braces(text), ...payloadLines(text)]);
  add('text marked as another role', matches(text, ROLE).map(toParagraph));
  add('an instruction to ignore the rules', matches(text, OVERRIDE).map(toParagraph));
  add('an instruction to the machine', matches(text, MODEL_TALK).map(toSentence));
  add('code', matches(text, CODE));
  add('control settings', matches(text, FLAG));
  add('encoded text', matches(text, ENCODED));
  const lower = text.toLowerCase();
  for (const id of actionIds)
    for (let at = lower.indexOf(id); at >= 0; at = lower.indexOf(id, at + id.length))
      add('an internal name', [toSentence({ start: at, end: at + id.length })]);
  return found;
}

/** Claims of approval, rank or a role: they change nothing, but a person has to see them. */
const PRESSURE =
  /\b(?:pre-?|already |been |was |is )approved\b|\bapproved by\b|\b(?:has|have) (?:already )?(?:approved|authori[sz]ed|signed off|okayed|ok'?d)\b|\b(?:authori[sz]ed|signed off|cleared) by\b|\b(?:skip|skipping|no need for|without|bypass|bypassing|avoid|waive|waived|waives|disable|turn off)\s(?:the |any |all |a |further )?(?:\w{1,15} )?(?:reviews?|approvals?|checks?|validation|controls?|confirmation|polic(?:y|ies)|limits?|guardrails?|audit|logging|log)\b|\bno (?:review|approval|confirmation|checks?)\b|\bdual control\b|\bauto-?(?:approve|execute)|\b(?:act|behave|respond|talk) (?:like|as)\b|\bpretend\b|\brole-?play\b|\bjail-?break|\bgrand(?:mother|ma|father|pa)\b|\bi(?:'m| am) (?:the|your) (?:ceo|cfo|admin|administrator|boss|developer|owner|director|auditor)\b|\bas (?:the |your )(?:ceo|cfo|admin|administrator|developer|director)\b|\b(?:ceo|cfo|board|director|management) (?:\w{1,12} )?(?:says|said|wants|insists|demands|ordered|orders)\b|\btrust me\b|\b(?:don't|do not) (?:log|record|tell|ask|flag|question)\b|\boff the record\b|\bno questions\b|\bor (?:i|you)(?:'ll| will) (?:be fired|lose)\b|\bemergency override\b|\bwithin your (?:rights|permissions)\b|\bhigh(?:est)? confidence\b/i;

/** True when the text presses for less control than the rules give. */
export function pressesForLessControl(text: string): boolean {
  return PRESSURE.test(text.replace(/[\u2018\u2019]/g, "'"));
}

function comments(text: string): Span[] {
  const spans: Span[] = [];
  for (const [open, close] of [
    ['<!--', '-->'],
    ['/*', '*/'],
  ] as const) {
    for (let at = text.indexOf(open); at >= 0;) {
      const stop = text.indexOf(close, at + open.length);
      const end = stop < 0 ? text.length : stop + close.length;
      spans.push({ start: at, end });
      at = text.indexOf(open, end);
    }
  }
  return spans;
}

/** Outermost braces that hold a key and a value, for example JSON. */
function braces(text: string): Span[] {
  const spans: Span[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '{' && depth++ === 0) start = at;
    else if (text[at] === '}' && depth > 0 && --depth === 0) spans.push({ start, end: at + 1 });
  }
  if (depth > 0) spans.push({ start, end: text.length });
  return spans.filter((span) => text.slice(span.start, span.end).includes(':'));
}

/** Consecutive `key: value` lines of which at least one key is an internal name. */
function payloadLines(text: string): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    const end = start + line.length;
    const previous = spans.at(-1);
    if (PAYLOAD_LINE.test(line)) spans.push({ start, end });
    else if (previous && previous.end === start - 1 && ANY_LINE.test(line)) previous.end = end;
    start = end + 1;
  }
  return spans;
}
