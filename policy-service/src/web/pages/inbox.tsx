import type { Approval, ApprovalState } from '../../domain/approval/approval';
import type { GovernedRequest } from '../../domain/request/request';
import { inWords } from '../argument-words';
import type { MayVote, Viewer } from '../deps';
import { APPROVAL_LABELS } from '../labels';
import { Empty, Paging, Pill } from '../parts/basics';
import { Layout } from '../parts/layout';
import { RequestRow } from '../parts/request-row';
import { duration, excerpt, relative, spaced, visible } from '../words';

/** States that the inbox can be narrowed to; `decided` is the newest of all that are over. */
export type InboxTab = ApprovalState | 'decided';

export interface InboxItem {
  approval: Approval;
  may: MayVote;
}

interface InboxProps {
  viewer: Viewer;
  now: Date;
  tab: InboxTab;
  items: InboxItem[];
  paging: { first?: string; next?: string };
  /** Requests that wait for a person to repair them; only on the waiting tab. */
  stuck?: { items: GovernedRequest[]; more: boolean };
}

export const DECIDED: readonly ApprovalState[] = [
  'approved',
  'rejected',
  'expired',
  'cancelled',
  'superseded',
];

function Tabs({ tab }: { tab: InboxTab }) {
  const current = (is: boolean) => (is ? 'page' : undefined);
  return (
    <>
      <nav class="tabs" aria-label="Approvals by state">
        <a href="/inbox" aria-current={current(tab === 'pending')}>
          Waiting
        </a>
        <a href="/inbox?state=decided" aria-current={current(tab !== 'pending')}>
          Decided
        </a>
      </nav>
      {tab !== 'pending' && (
        <nav class="chips" aria-label="Decided approvals by outcome">
          <a href="/inbox?state=decided" aria-current={current(tab === 'decided')}>
            Newest
          </a>
          {DECIDED.map((state) => (
            <a href={`/inbox?state=${state}`} aria-current={current(tab === state)}>
              {APPROVAL_LABELS[state].text}
            </a>
          ))}
        </nav>
      )}
    </>
  );
}

function Timing({ approval, now }: { approval: Approval; now: Date }) {
  if (approval.state !== 'pending') {
    return <>{approval.endedAt === undefined ? '' : relative(approval.endedAt, now)}</>;
  }
  const left = Date.parse(approval.expiresAt) - now.getTime();
  return left > 0 ? (
    <span class={left < 3_600_000 ? 'urgent' : undefined}>Expires in {duration(left)}</span>
  ) : (
    <span class="urgent">Expired</span>
  );
}

function ApprovalRow({ item, now }: { item: InboxItem; now: Date }) {
  const { approval, may } = item;
  const { shown } = approval;
  const words = inWords(shown.arguments, shown.facts);
  return (
    <li class="row">
      <div class="row-main">
        <h3>
          <a href={`/inbox/${encodeURIComponent(approval.id)}`}>
            {visible(shown.actionTitle)}
            {words !== '' && `: ${words}`}
          </a>
        </h3>
        {shown.reasons.map((reason) => (
          <p>{visible(reason.message)}</p>
        ))}
        {shown.requestText !== undefined && (
          <p class="muted quote">“{excerpt(shown.requestText)}”</p>
        )}
        <p class="small muted">
          Requested by {visible(shown.requestedBy)} · through {visible(shown.source)} ·{' '}
          {visible(shown.risk)} risk
        </p>
      </div>
      <div class="row-side">
        <Pill {...APPROVAL_LABELS[approval.state]} />
        <p class="small">
          <Timing approval={approval} now={now} />
        </p>
        {approval.state === 'pending' &&
          (may.allowed ? (
            <p class="small">You decide as {spaced(may.role)}</p>
          ) : (
            <p class="small notice">{visible(may.why)}</p>
          ))}
      </div>
    </li>
  );
}

/** Approvals that wait or are over, and requests that need a person. */
export function InboxPage(props: InboxProps) {
  const { stuck } = props;
  return (
    <Layout title="Inbox" viewer={props.viewer} current="inbox">
      <h1>Inbox</h1>
      <Tabs tab={props.tab} />
      {props.items.length === 0 ? (
        <Empty title={props.tab === 'pending' ? 'Nothing waits for approval' : 'Nothing here yet'}>
          {props.tab === 'pending'
            ? 'When a request needs the approval of a person, it appears here.'
            : 'Approvals that have come to this end appear here.'}
        </Empty>
      ) : (
        <ul class="rows" aria-label="Approvals">
          {props.items.map((item) => (
            <ApprovalRow item={item} now={props.now} />
          ))}
        </ul>
      )}
      <Paging {...props.paging} />
      {stuck !== undefined && (
        <section>
          <h2>Needs a person</h2>
          <p class="muted">
            Incomplete requests, undoings that failed, and writes whose outcome is not known for
            sure. A person can look after them. <a href="/attention">Open the work list</a>
          </p>
          {stuck.items.length === 0 ? (
            <Empty title="Nothing to repair">No request waits for a person to repair it.</Empty>
          ) : (
            <ul class="rows" aria-label="Requests that need a person">
              {stuck.items.map((request) => (
                <RequestRow request={request} now={props.now} />
              ))}
            </ul>
          )}
          {stuck.more && <Paging next="/requests?needsPerson=true" />}
        </section>
      )}
    </Layout>
  );
}
