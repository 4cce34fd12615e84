import type { Approval } from './approval';
import type { Person } from '../identity/identity';
import { countPeople } from '../identity/identity-check';

/**
 * Index of the first stage that still lacks people; undefined when the quorum is complete. Two
 * accounts of one person count once, also when that became known after they voted.
 * @param people the people table
 */
export function openStage(
  approval: Pick<Approval, 'stages' | 'votes'>,
  people: readonly Person[],
): number | undefined {
  const index = approval.stages.findIndex(({ count }, stage) => {
    const votes = approval.votes.filter((vote) => vote.stage === stage && vote.vote === 'approve');
    const voters = votes.map((vote) => vote.person.email);
    return countPeople(voters, people) < count;
  });
  return index === -1 ? undefined : index;
}
