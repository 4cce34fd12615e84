import type { Role } from '../readers/scene';
import type { Match } from '../text/phrases';
import type { Token } from '../text/tokens';
import type { Cue } from './phrases';

export interface Conditions {
  /** Tokens of trailing conditions: nothing is read there. */
  closed: Set<number>;
  /** Tokens of leading conditions. */
  leading: Set<number>;
}

/** The reach of `if`, `once`, `unless` ...: up to the comma when they lead, else to the sentence's end. */
export function conditions(tokens: Token[], cues: Record<Cue, Match<Cue>[]>): Conditions {
  const closed = new Set<number>();
  const leading = new Set<number>();
  for (const cue of cues.condition) {
    const leads = leadsSentence(tokens, cue.first);
    const comma = leads ? mainClause(tokens, cue.last) : -1;
    for (
      let at = cue.first;
      at < tokens.length && tokens[at]?.kind !== 'break' && at !== comma;
      at += 1
    )
      (comma > 0 || leads ? leading : closed).add(at);
  }
  return { closed, leading };
}

function leadsSentence(tokens: Token[], index: number): boolean {
  const before = tokens[index - 1];
  return (
    !before ||
    before.kind === 'break' ||
    (/^(?:only|and|but|so|hi|hello|please|then)$/.test(before.norm) &&
      leadsSentence(tokens, index - 1))
  );
}

function mainClause(tokens: Token[], from: number): number {
  for (let at = from; at < tokens.length; at += 1) {
    if (tokens[at]?.kind === 'break') return -1;
    if (tokens[at]?.text === ',' || tokens[at]?.norm === 'then') return at;
  }
  return -1;
}

const REACH = 4;

/** Whether a negating word governs a phrase: it stands right before it in the same clause. */
export function negatorOf(
  trigger: Match<Role>,
  tokens: Token[],
  cues: Record<Cue, Match<Cue>[]>,
): Match<Cue> | undefined {
  return cues.negator.find((cue) => {
    if (cue.first > trigger.first || cue.last >= trigger.last || trigger.first - cue.last > REACH)
      return false;
    if (cue.first === trigger.first) return false;
    const between = tokens.slice(cue.last + 1, trigger.first);
    return !between.some(
      (token) =>
        token.kind === 'break' ||
        token.kind === 'punct' ||
        token.norm === 'but' ||
        token.norm === 'and',
    );
  });
}

/** The end of the clause of a token: a sentence end, a comma, or `but`. */
export function clauseEnd(tokens: Token[], from: number): number {
  for (let at = from; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token?.kind === 'break' || token?.norm === 'but' || (token?.text === ',' && at > from))
      return at;
  }
  return tokens.length;
}

/** The sentence of a token: indexes of its first token and of its end. */
export function sentenceOf(tokens: Token[], index: number): { first: number; end: number } {
  let first = index;
  while (first > 0 && tokens[first - 1]?.kind !== 'break') first -= 1;
  let end = index;
  while (end < tokens.length && tokens[end]?.kind !== 'break') end += 1;
  return { first, end };
}

const ASKING =
  /^(?:could|can|would|will|may|might|should|shall|is|are|do|does|did|have|has|was|were|why|what|when|where|who|how|which|any)$/;
const GREETING = /^(?:hi|hello|hey|please|so|and|but|ok|okay|team|all|,)$/;

/** A sentence that asks: a question mark, or the word order of a question. */
export function isQuestion(tokens: Token[], index: number): boolean {
  const { first, end } = sentenceOf(tokens, index);
  if (tokens[end]?.text === '?') return true;
  let at = first;
  while (at < end && GREETING.test(tokens[at]?.norm ?? '')) at += 1;
  return (
    ASKING.test(tokens[at]?.norm ?? '') &&
    /^(?:you|we|i|someone|somebody|anyone|it|they|there)$/.test(tokens[at + 1]?.norm ?? '')
  );
}

const READING =
  /^(?:what|what's|who|who's|when|where|why|how|which|whose|is|are|was|were|do|does|did|has|have|any|show|list|display|find|tell|explain|describe|summarise|summarize|compare|report|translate|calculate|search|read)$/;
const TALK =
  /^(?:the|a|an|this|that|these|those|it|its|it's|that's|there|there's|i|i'm|we|we're|you|your|our|my|he|she|they|their|all|thanks|thank|thx|cheers|bye|goodbye|good|great|nice|perfect|fine|sure|yes|no|ok|okay|sorry|welcome|morning|afternoon|evening|lol|haha|congratulations|happy|see|talk|sounds|looks|never|not|fyi|just|test|testing|sales|revenue|everything|nothing|today|yesterday|tomorrow)$/;
const WANTING =
  /^(?:please|pls|kindly|need|needs|want|wants|must|should|require|requires|would|i'd|we'd|let's|could)$/;

/** Whether a text without a recognised action asks for a change: neither a question nor mere talk. */
export function asksForChange(tokens: Token[]): boolean {
  const starts = tokens.flatMap((token, index) =>
    token.kind !== 'break' && (index === 0 || tokens[index - 1]?.kind === 'break') ? [index] : [],
  );
  return starts.some((start) => {
    const { end } = sentenceOf(tokens, start);
    let at = start;
    while (at < end && (GREETING.test(tokens[at]?.norm ?? '') || tokens[at]?.kind === 'punct'))
      at += 1;
    const words = tokens.slice(at, end).filter((token) => token.kind === 'word');
    const [first, second] = words;
    if (!first) return false;
    const subject = /^(?:you|we|i|it|they|he|she|there|someone|the|this|that|our|my|any)$/.test(
      second?.norm ?? '',
    );
    if (/^(?:can|could|would|will)$/.test(first.norm))
      return second?.norm === 'you' || second?.norm === 'someone';
    if (READING.test(first.norm))
      return first.norm === 'do' || first.norm === 'have' ? !subject : false;
    if (tokens[end]?.text === '?') return false;
    return TALK.test(first.norm) ? words.some((word) => WANTING.test(word.norm)) : true;
  });
}
