import type { StoredEntry } from '../../audit/entry';
import type { Approval } from '../../domain/approval/approval';
import type { GovernedRequest } from '../../domain/request/request';
import type { Viewer } from '../deps';
import { LOOKED_INTO, REQUEST_LABELS } from '../labels';
import { Arguments } from '../parts/arguments';
import { Card, Item, JsonDetails, Pill, When } from '../parts/basics';
import { DecisionSummary, Facts, Limits } from '../parts/decision';
import { ExecutionDetails } from '../parts/execution';
import { Layout } from '../parts/layout';
import { Moments } from '../parts/moments';
import { requestHeadline } from '../parts/request-row';
import { RequestText } from '../parts/request-text';
import { Timeline } from '../parts/timeline';
import { spaced, visible } from '../words';

interface RequestProps {
  viewer: Viewer;
  now: Date;
  request: GovernedRequest;
  /** The approval that the request waits or waited for. */
  approval?: Approval;
  timeline: StoredEntry[];
  /** Addresses of the other parts of the timeline. */
  paging: { newest?: string; earlier?: string };
  message: string;
}

function RequestLink({ id }: { id: string }) {
  return (
    <a href={`/requests/${encodeURIComponent(id)}`}>
      <code>{visible(id)}</code>
    </a>
  );
}

function Identity({ request, now }: { request: GovernedRequest; now: Date }) {
  const { subject } = request;
  return (
    <dl class="facts stacked">
      <Item term="Requested by">
        {visible(subject.requestedBy)}{' '}
        {subject.verified ? (
          <Pill text="Verified" tone="good" />
        ) : (
          <Pill text="Unverified claim" tone="attention" />
        )}
      </Item>
      <Item term="Token owner">
        {subject.tokenOwner === null ? 'the token has no owner' : visible(subject.tokenOwner)}
      </Item>
      <Item term="Source">{visible(request.source)}</Item>
      <Item term="Received">
        <When at={request.createdAt} now={now} />
      </Item>
      <Item term="Last change">
        <When at={request.updatedAt} now={now} />
      </Item>
      {request.deadline !== undefined && (
        <Item term={LOOKED_INTO.has(request.state) ? 'Looked into again' : 'Expires'}>
          <When at={request.deadline} now={now} />
        </Item>
      )}
      {request.resubmittedFrom !== undefined && (
        <Item term="Edited from">
          <RequestLink id={request.resubmittedFrom} />
        </Item>
      )}
      {request.compensates !== undefined && (
        <Item term="Undoes">
          <RequestLink id={request.compensates} />
        </Item>
      )}
      {request.compensatedBy !== undefined && (
        <Item term="Asked to undo it">
          <RequestLink id={request.compensatedBy} />
        </Item>
      )}
      {request.inCharge !== undefined && <Item term="In charge">{spaced(request.inCharge)}</Item>}
      <Item term="Request">
        <code class="hash">{visible(request.id)}</code>
      </Item>
      <Item term="Trace">
        <code class="hash">{visible(request.traceId)}</code>
      </Item>
      {request.decision !== undefined && (
        <>
          <Item term="Digest">
            <code class="hash">{visible(request.decision.digest)}</code>
          </Item>
          <Item term="Policy version">
            <code class="hash">{visible(request.decision.policyVersion)}</code>
          </Item>
        </>
      )}
    </dl>
  );
}

function Problems({ request }: { request: GovernedRequest }) {
  const errors = request.validation?.errors ?? [];
  if (errors.length === 0) return null;
  return (
    <Card title="What is wrong">
      <ul class="reasons">
        {errors.map((error) => (
          <li>
            {visible(error.message)} <code class="small muted">{visible(error.pointer)}</code>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** One request from proposal to outcome. */
export function RequestPage(props: RequestProps) {
  const { request, now, approval } = props;
  const { decision, intent } = request;
  const args = request.arguments ?? intent?.arguments ?? {};
  const facts = decision?.facts ?? request.validation?.entities ?? {};
  const evidence = intent?.evidence ?? {};
  return (
    <Layout title={requestHeadline(request)} viewer={props.viewer} current="requests">
      <p class="crumbs">
        <a href="/requests">Requests</a>
      </p>
      <h1>{requestHeadline(request)}</h1>
      <p class="meta">
        <Pill {...REQUEST_LABELS[request.state]} />{' '}
        <code>{visible(intent?.action ?? 'no action')}</code>
        {request.kind === 'compensation' && <span> undoes an earlier request</span>}
      </p>
      <p class="lead">{visible(props.message)}</p>
      {request.needsPerson && (
        <p class="warning">
          {LOOKED_INTO.has(request.state) && request.deadline !== undefined
            ? 'The service looks into this again by itself; a person can, too.'
            : 'A person has to look at this: it does not go on by itself.'}{' '}
          <a href={`/attention#${encodeURIComponent(request.id)}`}>Open the work list</a>
        </p>
      )}
      <Moments request={request} approval={approval} now={now} />
      <div class="columns">
        <div>
          <Problems request={request} />
          {decision !== undefined && (
            <Card title="Decision of the rules">
              <DecisionSummary decision={decision} now={now} />
              {decision.limits.length > 0 && <Limits limits={decision.limits} args={args} />}
            </Card>
          )}
          {intent !== undefined && (
            <Card title={request.arguments === undefined ? 'Arguments as proposed' : 'Arguments'}>
              <Arguments args={args} facts={facts} evidence={evidence} />
              {intent.reasons.length > 0 && (
                <ul class="reasons small">
                  {intent.reasons.map((reason) => (
                    <li>{visible(reason)}</li>
                  ))}
                </ul>
              )}
            </Card>
          )}
          <Card title="What was asked">
            <RequestText text={request.requestText} evidence={evidence} />
            {Object.keys(request.context).length > 0 && (
              <JsonDetails title="Context sent with the request" value={request.context} />
            )}
          </Card>
          {request.execution !== undefined && (
            <Card title="Execution">
              <ExecutionDetails execution={request.execution} now={now} />
            </Card>
          )}
          <Card title="Timeline" id="timeline">
            {props.paging.earlier !== undefined && (
              <p>
                <a href={props.paging.earlier}>Earlier entries</a>
              </p>
            )}
            <Timeline entries={props.timeline} now={now} />
            {props.paging.newest !== undefined && (
              <p>
                <a href={props.paging.newest}>Newest entries</a>
              </p>
            )}
          </Card>
        </div>
        <aside>
          <Card title="Links">
            <ul class="links">
              {approval !== undefined && (
                <li>
                  <a href={`/inbox/${encodeURIComponent(approval.id)}`}>Approval</a>
                </li>
              )}
              <li>
                <a href={`/status/${encodeURIComponent(request.statusToken)}`}>
                  Status page for the requester
                </a>
              </li>
            </ul>
          </Card>
          <Card title="Identity">
            <Identity request={request} now={now} />
          </Card>
          {Object.keys(facts).length > 0 && (
            <Card title="What the ERP said">
              <Facts facts={facts} now={now} />
            </Card>
          )}
        </aside>
      </div>
    </Layout>
  );
}
