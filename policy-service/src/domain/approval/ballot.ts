import type { Approval } from './approval';
import type { ErrorDetail } from '../errors';

/** What a person sends to vote. */
export interface Ballot {
  vote: 'approve' | 'reject';
  /** Digest of what the person was shown. */
  digest: string;
  comment?: string;
  /** What the approval asks for, by name. */
  evidence?: Record<string, string>;
}

/** What a vote lacks of what the approval asks for. A rejection needs neither comment nor evidence. */
export function ballotErrors(approval: Approval, ballot: Ballot): ErrorDetail[] {
  const asked = approval.evidence ?? [];
  const given = ballot.evidence ?? {};
  const errors: ErrorDetail[] = Object.keys(given)
    .filter((name) => !asked.includes(name))
    .map((name) => ({
      pointer: `/evidence/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      code: 'unknown',
      message: `This approval does not ask for "${name.slice(0, 40)}". Leave it out.`,
    }));
  if (ballot.vote === 'reject') return errors;
  if (approval.comment === 'required' && isBlank(ballot.comment)) {
    errors.push({
      pointer: '/comment',
      code: 'required',
      message: 'This approval needs a comment. Say why you approve.',
    });
  }
  for (const name of asked) {
    if (Object.hasOwn(given, name) && !isBlank(given[name])) continue;
    errors.push({
      pointer: `/evidence/${name}`,
      code: 'required',
      message: `This approval needs evidence: fill in ${name.replaceAll('_', ' ')}.`,
    });
  }
  return errors;
}

/** Nothing that a reader could see. */
function isBlank(text: string | undefined): boolean {
  return text === undefined || text.replace(/[\s\p{C}]/gu, '') === '';
}
