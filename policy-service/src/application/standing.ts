import type { Approval } from '../domain/approval';
import type { Decision, Reason } from '../domain/decision-types';
import { hasExpired, type Person, type TokenRecord } from '../domain/identity';
import type { Subject } from '../domain/request';
import { personNamed } from './identity/find-person';
import { openStage } from './open-stage';
import type { Deps } from './deps';

/** Who asks, as the people and the tokens are now. */
export interface Standing {
  /** With the roles of now. */
  subject: Subject;
  /** Why nothing is done for them any more. */
  objection?: Reason;
}

/**
 * A request goes as far as its requester may go now: a person who was disabled, a token that was
 * revoked, has expired or whose owner was disabled ends it, and roles are those of the people table now.
 */
export async function standingOf(
  deps: { store: Pick<Deps['store'], 'people' | 'tokens'>; clock: Deps['clock'] },
  subject: Subject,
): Promise<Standing> {
  const [people, tokens] = await Promise.all([deps.store.people(), deps.store.tokens()]);
  const requester = personNamed(people, subject.requestedBy);
  const now = deps.clock.now();
  const objection = objectionTo(subject, requester, people, tokens, now);
  const roles = subject.verified ? (requester?.roles ?? []) : subject.roles;
  return { subject: { ...subject, roles }, ...(objection ? { objection } : {}) };
}

/** The same decision for somebody who may not go on, whatever the rules say. */
export function stopped(decision: Decision, objection: Reason): Decision {
  const rules = decision.effect === 'block' ? decision.reasons : [];
  const blocked: Decision = { ...decision, effect: 'block', reasons: [objection, ...rules] };
  delete blocked.obligations;
  return blocked;
}

function objectionTo(
  subject: Subject,
  requester: Person | undefined,
  people: Person[],
  tokens: Pick<TokenRecord, 'id' | 'createdAt' | 'revokedAt' | 'expiresAt'>[],
  now: Date,
): Reason | undefined {
  if (requester?.disabledAt !== undefined || (subject.verified && requester === undefined)) {
    const message =
      'The person who asked is not an active person any more. Somebody else has to ask for it.';
    return { ruleId: 'requester-disabled', message };
  }
  const owner = subject.tokenOwner === null ? undefined : personNamed(people, subject.tokenOwner);
  if (owner?.disabledAt !== undefined) {
    const message = 'The owner of the token that asked is not an active person any more.';
    return { ruleId: 'token-owner-disabled', message };
  }
  const token = tokens.find(({ id }) => id === subject.tokenId);
  if (token?.revokedAt !== undefined) {
    const message = 'The token that asked was revoked. Ask for it again with a valid one.';
    return { ruleId: 'token-revoked', message };
  }
  if (hasExpired(token, now)) {
    const message = 'The token that asked has expired. Ask for it again with a valid one.';
    return { ruleId: 'token-expired', message };
  }
  return undefined;
}

/**
 * Why the votes of an approval are no longer enough: somebody who approved was disabled, or has
 * lost the role since. Undefined while the quorum stands without them.
 */
export async function lostQuorum(
  deps: { store: Pick<Deps['store'], 'people'> },
  approval: Approval,
): Promise<Reason | undefined> {
  const people = await deps.store.people();
  const counts = ({ person: { email }, role }: Approval['votes'][number]): boolean => {
    const person = people.find((one) => one.email === email);
    return person?.disabledAt === undefined && person?.roles.includes(role) === true;
  };
  if (openStage({ ...approval, votes: approval.votes.filter(counts) }, people) === undefined) {
    return undefined;
  }
  const names = approval.votes.filter((vote) => !counts(vote)).map(({ person }) => person.email);
  if (names.length === 0) {
    const message = 'Accounts that voted belong to one person, who counts once.';
    return { ruleId: 'votes-lost', message };
  }
  return {
    ruleId: 'votes-lost',
    message: `A vote no longer counts: ${names.join(', ')} ${names.length === 1 ? 'does' : 'do'} not hold the role any more, or ${names.length === 1 ? 'is' : 'are'} disabled.`,
  };
}
