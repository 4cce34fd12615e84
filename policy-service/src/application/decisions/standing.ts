import type { Approval, Vote } from '../../domain/approval/approval';
import type { Decision, Reason } from '../../domain/request/decision';
import { hasExpired, type Person, type TokenRecord } from '../../domain/identity/identity';
import { isSamePerson } from '../../domain/identity/identity-check';
import type { Subject } from '../../domain/request/request';
import { personNamed } from '../identity/find-person';
import { openStage } from '../../domain/approval/open-stage';
import type { Deps } from '../change/deps';

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
 * Why the votes of an approval are no longer enough: somebody who approved was disabled, has lost
 * the role since, or turns out to be who asked. Undefined while the quorum stands without them.
 */
export async function lostQuorum(
  deps: { store: Pick<Deps['store'], 'people'> },
  approval: Approval,
  subject: Pick<Subject, 'requestedBy' | 'tokenOwner'>,
): Promise<Reason | undefined> {
  const people = await deps.store.people();
  const objections = approval.votes.map((vote) => objectionToVote(vote, subject, people));
  const votes = approval.votes.filter((_, index) => objections[index] === undefined);
  if (openStage({ ...approval, votes }, people) === undefined) return undefined;
  const lost = objections.filter((objection) => objection !== undefined);
  const message =
    lost.length === 0
      ? 'Accounts that voted belong to one person, who counts once.'
      : `A vote no longer counts: ${lost.join(', ')}.`;
  return { ruleId: 'votes-lost', message };
}

function objectionToVote(
  { person: { email }, role }: Vote,
  { requestedBy, tokenOwner }: Pick<Subject, 'requestedBy' | 'tokenOwner'>,
  people: Person[],
): string | undefined {
  const person = people.find((one) => one.email === email);
  if (!person || person.disabledAt !== undefined) return `${email} is disabled`;
  if (!person.roles.includes(role)) return `${email} does not hold the role any more`;
  const asked = [requestedBy, tokenOwner].some(
    (name) => name !== null && isSamePerson(person, name, people),
  );
  return asked ? `${email} is who asked, or owns the token that did` : undefined;
}
