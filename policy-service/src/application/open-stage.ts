import type { Approval } from '../domain/approval';

/** Index of the first stage that still lacks votes; undefined when the quorum is complete. */
export function openStage(approval: Pick<Approval, 'stages' | 'votes'>): number | undefined {
  const index = approval.stages.findIndex(
    ({ count }, stage) =>
      approval.votes.filter((vote) => vote.stage === stage && vote.vote === 'approve').length <
      count,
  );
  return index === -1 ? undefined : index;
}
