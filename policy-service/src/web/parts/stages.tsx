import type { Approval, Vote } from '../../domain/approval/approval';
import { label, spaced, visible } from '../words';
import { Pill, When } from './basics';

function StageState({ approval, index }: { approval: Approval; index: number }) {
  const yes = (stage: number) =>
    approval.votes.filter((vote) => vote.stage === stage && vote.vote === 'approve').length;
  const count = approval.stages[index]?.count ?? 0;
  const done = yes(index) >= count;
  const open =
    approval.state === 'pending' &&
    !done &&
    approval.stages.slice(0, index).every((stage, before) => yes(before) >= stage.count);
  const rejected = approval.votes.some((vote) => vote.stage === index && vote.vote === 'reject');
  return (
    <>
      <span class="count">
        {yes(index)} of {count}
      </span>{' '}
      {rejected ? (
        <Pill text="Rejected" tone="bad" />
      ) : done ? (
        <Pill text="Done" tone="good" />
      ) : open ? (
        <Pill text="Open" tone="waiting" />
      ) : (
        <Pill text={approval.state === 'pending' ? 'Later' : 'Not reached'} tone="quiet" />
      )}
    </>
  );
}

function Votes({ votes, now }: { votes: Vote[]; now: Date }) {
  if (votes.length === 0) return null;
  return (
    <ul class="votes">
      {votes.map((vote) => (
        <li>
          <p>
            <span class="strong">{visible(vote.person.name)}</span>{' '}
            {vote.vote === 'approve' ? 'approved' : 'rejected'} as {spaced(vote.role)}
          </p>
          <p class="small muted">{visible(vote.person.email)}</p>
          <p class="small">
            <When at={vote.at} now={now} />
          </p>
          {Object.entries(vote.evidence ?? {}).map(([name, text]) => (
            <p class="comment">
              <span class="muted">{label(name)}:</span> {visible(text)}
            </p>
          ))}
          {vote.comment !== undefined && <p class="comment">{visible(vote.comment)}</p>}
        </li>
      ))}
    </ul>
  );
}

/** The stages in their order, with progress and every vote. */
export function Stages({ approval, now }: { approval: Approval; now: Date }) {
  return (
    <ol class="stages">
      {approval.stages.map((stage, index) => (
        <li>
          <p>
            <span class="strong">{spaced(stage.role)}</span>{' '}
            <StageState approval={approval} index={index} />
          </p>
          <Votes votes={approval.votes.filter((vote) => vote.stage === index)} now={now} />
        </li>
      ))}
    </ol>
  );
}
