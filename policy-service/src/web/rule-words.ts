import type { Stage } from '../domain/catalogue/action';
import type { ApprovalTerms, LimitRule, Rule } from '../domain/decision/rule';
import type { Tone } from './labels';
import { duration, grouped, spaced } from './words';

export const STAGE_LABELS: Record<Stage, { text: string; tone: Tone }> = {
  off: { text: 'Off', tone: 'bad' },
  recommend: { text: 'Advice only', tone: 'quiet' },
  approve: { text: 'A person approves', tone: 'waiting' },
  auto: { text: 'Rules decide', tone: 'good' },
};

export const RULE_EFFECTS: Record<Rule['effect'], { text: string; tone: Tone }> = {
  block: { text: 'Blocks', tone: 'bad' },
  require_approval: { text: 'Needs approval', tone: 'waiting' },
  allow: { text: 'Allows', tone: 'good' },
};

/** `finance approver, then 2 × chief, within 72 h; a comment is required`. */
export function approvalInWords(terms: ApprovalTerms): string {
  const stages = terms.stages.map(({ role, count }) =>
    count === 1 ? spaced(role) : `${count} × ${spaced(role)}`,
  );
  const evidence = terms.evidence ?? [];
  return [
    `${stages.join(', then ')}, within ${duration(terms.expiresInSeconds * 1000)}`,
    ...(terms.comment === 'required' ? ['a comment is required'] : []),
    ...(evidence.length > 0 ? [`to be filled in: ${listed(evidence.map(spaced))}`] : []),
  ].join('; ');
}

/** `At most 25,000 in 24 h for the same vendor id and currency, of those for which this holds:`. */
export function limitInWords({ kind, max, windowSeconds, key, when }: LimitRule): string {
  const window = duration(windowSeconds * 1000);
  const same = key.length === 0 ? 'in all' : `for the same ${listed(key.map(pathInWords))}`;
  const counted = when === undefined ? '' : ', of those for which this holds:';
  switch (kind) {
    case 'sum':
      return `At most ${grouped(max)} in ${window} ${same}${counted}`;
    case 'count':
      return `At most ${grouped(max)} ${max === '1' ? 'request' : 'requests'} in ${window} ${same}${counted}`;
    case 'duplicates':
      return `No second request in ${window} ${same}${counted}`;
  }
}

/** `a, b and c`. */
export function listed(words: string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

function pathInWords(path: string): string {
  if (path === 'subject.requestedBy') return 'requester';
  if (path === 'subject.tokenId') return 'token';
  return spaced(path.replace(/^arguments\./, ''));
}
