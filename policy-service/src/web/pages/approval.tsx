import type { Twin } from '../../application/approvals/twins';
import type { Approval } from '../../domain/approval/approval';
import type { BoundFacts } from '../../domain/approval/bound-facts';
import { stopSentence, type Control } from '../../domain/stops/stop';
import type { GovernedRequest } from '../../domain/request/request';
import { inWords } from '../argument-words';
import type { MayVote, Viewer } from '../deps';
import { APPROVAL_LABELS } from '../labels';
import { Arguments } from '../parts/arguments';
import { Card, Item, Pill, When } from '../parts/basics';
import { Facts, Limits, Reasons } from '../parts/decision';
import { Layout } from '../parts/layout';
import { RequestText } from '../parts/request-text';
import { Stages } from '../parts/stages';
import { VotePanel } from '../parts/vote-panel';
import { label, percent, spaced, visible } from '../words';

interface ApprovalProps {
  viewer: Viewer;
  now: Date;
  approval: Approval;
  request: GovernedRequest;
  may: MayVote;
  /** Holds back what is approved here. */
  stop?: Control;
  /** Other requests that ask for the same. */
  twins: Twin[];
}

function Provenance({ approval, request }: { approval: Approval; request: GovernedRequest }) {
  const { shown } = approval;
  return (
    <dl class="facts">
      <Item term="Requested by">
        {visible(shown.requestedBy)}{' '}
        {request.subject.verified ? (
          <Pill text="Verified" tone="good" />
        ) : (
          <Pill text="Unverified claim" tone="attention" />
        )}
      </Item>
      <Item term="Token owner">
        {shown.tokenOwner === null ? 'the token has no owner' : visible(shown.tokenOwner)}
      </Item>
      <Item term="Source">{visible(shown.source)}</Item>
      <Item term="Confidence of the extraction">{percent(shown.confidence)}</Item>
      <Item term="Request">
        <a href={`/requests/${encodeURIComponent(approval.requestId)}`}>
          <code>{visible(approval.requestId)}</code>
        </a>
      </Item>
      {request.compensates !== undefined && (
        <Item term="Undoes">
          <a href={`/requests/${encodeURIComponent(request.compensates)}`}>
            <code>{visible(request.compensates)}</code>
          </a>
        </Item>
      )}
    </dl>
  );
}

function boundInWords(bound: BoundFacts): string {
  const fields = Object.entries(bound).flatMap(([record, values]) =>
    Object.keys(values).map((field) => `${record}.${field}`),
  );
  return fields.length === 0 ? 'none' : visible(fields.join(', '));
}

/** Everything that an approver needs, and the form. Looking at it changes nothing. */
export function ApprovalPage(props: ApprovalProps) {
  const { approval, now, request } = props;
  const { shown } = approval;
  const words = inWords(shown.arguments, shown.facts);
  // Limits are part of the request's newest decision: another one's would not be what is asked here.
  const limits = request.decision?.digest === approval.digest ? request.decision.limits : [];
  return (
    <Layout title={shown.actionTitle} viewer={props.viewer} current="inbox">
      <p class="crumbs">
        <a href="/inbox">Inbox</a>
      </p>
      <h1>
        {visible(shown.actionTitle)}
        {words !== '' && `: ${words}`}
      </h1>
      <p class="meta">
        <Pill {...APPROVAL_LABELS[approval.state]} /> <span>{label(shown.risk)} risk</span>{' '}
        <span>
          {approval.endedAt === undefined ? (
            <>
              Expires <When at={approval.expiresAt} now={now} />
            </>
          ) : (
            <>
              Ended <When at={approval.endedAt} now={now} />
            </>
          )}
        </span>{' '}
        <a class="jump" href="#decide">
          Go to the decision
        </a>
      </p>
      {props.stop !== undefined && (
        <p class="warning">
          {visible(stopSentence(props.stop))} You can decide all the same; what is approved can be
          carried out once the stop is lifted, if its time is not over by then.
        </p>
      )}
      {props.twins.length > 0 && (
        <p class="warning">
          The same is asked for, or was carried out, by{' '}
          {props.twins.map(({ requestId, state }, index) => (
            <>
              {index > 0 && ', '}
              <a href={`/requests/${encodeURIComponent(requestId)}`}>
                <code>{visible(requestId)}</code>
              </a>{' '}
              ({spaced(state)})
            </>
          ))}
          .
        </p>
      )}
      <div class="columns">
        <div>
          <Card title="Why a person is asked">
            <Reasons reasons={shown.reasons} />
            {limits.length > 0 && <Limits limits={limits} args={shown.arguments} />}
          </Card>
          <Card title="What will be carried out">
            <p>
              {visible(shown.actionTitle)} <code class="small muted">{visible(shown.action)}</code>{' '}
              <span class="small muted">version {shown.actionVersion}</span>
            </p>
            <Arguments args={shown.arguments} facts={shown.facts} evidence={shown.evidence} />
          </Card>
          <Card title="What was asked">
            <RequestText text={shown.requestText} evidence={shown.evidence} />
            <Provenance approval={approval} request={request} />
          </Card>
          <Card title="What the ERP said">
            {shown.bound !== undefined && Object.keys(shown.facts).length > 0 && (
              <p class="small muted">
                What binds is compared with the ERP before the write. If it changed, the request
                comes back to approvers.
              </p>
            )}
            <Facts facts={shown.facts} now={now} bound={shown.bound} />
          </Card>
        </div>
        <aside>
          <VotePanel viewer={props.viewer} approval={approval} may={props.may} now={now} />
          <Card title="Stages">
            <Stages approval={approval} now={now} />
          </Card>
          <Card title="What the vote binds">
            <dl class="facts stacked">
              <Item term="Digest">
                <code class="hash">{visible(approval.digest)}</code>
              </Item>
              {shown.bound !== undefined && (
                <Item term="Records of the ERP">{boundInWords(shown.bound)}</Item>
              )}
              <Item term="Policy version">
                <code class="hash">{visible(approval.policyVersion)}</code>
              </Item>
              <Item term="Asked">
                <When at={approval.createdAt} now={now} />
              </Item>
            </dl>
          </Card>
        </aside>
      </div>
    </Layout>
  );
}
