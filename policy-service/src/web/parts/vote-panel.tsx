import type { Approval, ApprovalState, Vote } from '../../domain/approval/approval';
import type { MayVote, Viewer } from '../deps';
import { label, spaced, visible } from '../words';
import { Card, When } from './basics';
import { PageNotices } from './notices';

/** Longest comment: fits the form's size limit however its characters are encoded. */
export const COMMENT_LENGTH = 1000;
export const EVIDENCE_LENGTH = 500;

/** Name of the form's field for a piece of evidence. */
export const evidenceField = (name: string): string => `evidence.${name}`;

const OVER: Record<Exclude<ApprovalState, 'pending'>, string> = {
  approved: 'This is approved: exactly these values, to be carried out once at most.',
  rejected: 'This is rejected. Nothing will be written.',
  expired: 'The time to decide is over. Nothing will be written.',
  cancelled: 'The request was cancelled. Nothing will be written.',
  superseded:
    'The request, the rules, the records in the ERP or the people behind it changed, so this approval no longer counts.',
};

function OwnVote({ vote, now }: { vote: Vote; now: Date }) {
  return (
    <p class="done" role="status">
      You {vote.vote === 'approve' ? 'approved' : 'rejected'} this as {spaced(vote.role)}.{' '}
      <span class="small">
        <When at={vote.at} now={now} />
      </span>
    </p>
  );
}

function VoteForm(props: { viewer: Viewer; approval: Approval; role: string }) {
  const { approval } = props;
  return (
    <form method="post" action={`/inbox/${encodeURIComponent(approval.id)}/vote`} class="form">
      <input type="hidden" name="csrf" value={props.viewer.csrfToken} />
      <input type="hidden" name="digest" value={approval.digest} />
      <p>
        You decide as <span class="strong">{spaced(props.role)}</span>. Your name, this moment and
        what this page shows are recorded.
      </p>
      {(approval.evidence ?? []).map((name) => (
        <label>
          {label(name)} <span class="muted">(needed to approve)</span>
          <input
            name={evidenceField(name)}
            maxLength={EVIDENCE_LENGTH}
            autocomplete="off"
            required
          />
        </label>
      ))}
      <label>
        Comment{' '}
        <span class="muted">
          {approval.comment === 'required' ? '(needed to approve)' : '(optional)'}
        </span>
        <textarea
          name="comment"
          rows={3}
          maxLength={COMMENT_LENGTH}
          required={approval.comment === 'required'}
        />
      </label>
      <div class="buttons">
        <button class="primary" type="submit" name="vote" value="approve">
          Approve
        </button>
        <button class="danger" type="submit" name="vote" value="reject" formnovalidate>
          Reject
        </button>
      </div>
    </form>
  );
}

/** The form for those who may vote; for everybody else, why there is none. */
export function VotePanel(props: { viewer: Viewer; approval: Approval; may: MayVote; now: Date }) {
  const { approval, may, now } = props;
  const email = props.viewer.person.email.toLowerCase();
  const own = approval.votes.find((vote) => vote.person.email.toLowerCase() === email);
  // A clock that cannot be read counts as over.
  const over = !(Date.parse(approval.expiresAt) > now.getTime());
  return (
    <Card title="Decision" id="decide">
      {own !== undefined && <OwnVote vote={own} now={now} />}
      {approval.state !== 'pending' ? (
        <p>{OVER[approval.state]}</p>
      ) : over ? (
        <p>{OVER.expired}</p>
      ) : may.allowed ? (
        <PageNotices.Consumer>
          {(notices) =>
            notices?.logProblem === undefined ? (
              <VoteForm viewer={props.viewer} approval={approval} role={may.role} />
            ) : (
              <p class="notice">
                No decision can be recorded while the audit log is damaged. The time to decide runs
                on.
              </p>
            )
          }
        </PageNotices.Consumer>
      ) : own !== undefined ? (
        <p>The decision is still open: others have to vote.</p>
      ) : (
        <p class="notice">You cannot decide this. {visible(may.why)}</p>
      )}
    </Card>
  );
}
