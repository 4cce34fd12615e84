import type { ComponentChildren } from 'preact';
import type { Approval } from '../../domain/approval/approval';
import { nothingDone } from '../../application/views/message';
import { messageOnWrite } from '../../application/views/message-on-write';
import { knownBy } from '../../domain/request/known-by';
import type { GovernedRequest } from '../../domain/request/request';
import { MOMENT_LABELS } from '../labels';
import { percent, spaced, visible } from '../words';
import { When } from './basics';

const EXTRACTORS = {
  pattern: 'the pattern extractor',
  claude: 'Claude',
  submitted: 'the caller, already structured',
} as const;

function Moment(props: { kind: keyof typeof MOMENT_LABELS; children: ComponentChildren }) {
  return (
    <li class={`moment ${props.kind}`}>
      <h2>{MOMENT_LABELS[props.kind]}</h2>
      {props.children}
    </li>
  );
}

function Recommended({ request }: { request: GovernedRequest }) {
  const { intent } = request;
  if (typeof intent?.action !== 'string') return <p class="muted">No action.</p>;
  return (
    <>
      <p>
        <code>{visible(intent.action)}</code>
      </p>
      <p class="small">
        {percent(intent.confidence)} confident · by {EXTRACTORS[intent.extractor]}
        {intent.model !== undefined && ` (${visible(intent.model)})`}
      </p>
    </>
  );
}

function Confirmed(props: { request: GovernedRequest; approval?: Approval; now: Date }) {
  const { approval, request } = props;
  if (approval === undefined) {
    const allowed = request.decision?.effect === 'allow';
    return (
      <p class="muted">{allowed ? 'Nobody was asked: the rules allow it.' : 'Nobody was asked.'}</p>
    );
  }
  if (approval.votes.length === 0) {
    return (
      <p class="muted">
        {approval.state === 'pending'
          ? `Nothing yet: waits for ${approval.stages.map((stage) => spaced(stage.role)).join(', then ')}.`
          : 'Nobody voted.'}
      </p>
    );
  }
  return (
    <ul class="votes">
      {approval.votes.map((vote) => (
        <li>
          <p>
            <span class="strong">{visible(vote.person.name)}</span>{' '}
            {vote.vote === 'approve' ? 'approved' : 'rejected'} as {spaced(vote.role)}
          </p>
          <p class="small">
            <When at={vote.at} now={props.now} />
          </p>
        </li>
      ))}
    </ul>
  );
}

function Written({ request, now }: { request: GovernedRequest; now: Date }) {
  const { execution } = request;
  if (execution === undefined) {
    return <p class="muted">{request.restored ? nothingDone(request) : 'Nothing.'}</p>;
  }
  if (execution.status !== 'executed') {
    return (
      <p>
        {execution.status === 'outcome_unknown' && 'Nobody knows yet. '}
        {visible(messageOnWrite(request, execution.status))}
      </p>
    );
  }
  const by = knownBy(execution);
  return (
    <>
      <p>
        {by === 'person' || by === 'report' ? `${WORD_OF[by]} ` : ''}
        {execution.erpReference === undefined ? (
          'Carried out.'
        ) : (
          <>
            The ERP's id is <code class="strong">{visible(execution.erpReference)}</code>
          </>
        )}
      </p>
      {execution.finishedAt !== undefined && (
        <p class="small">
          <When at={execution.finishedAt} now={now} />
        </p>
      )}
    </>
  );
}

const WORD_OF = {
  person: 'As a person says:',
  report: 'As the holder of the permit reports:',
};

/** The three moments side by side: recommended, confirmed, written. */
export function Moments(props: { request: GovernedRequest; approval?: Approval; now: Date }) {
  return (
    <ol class="moments">
      <Moment kind="recommendation">
        <Recommended request={props.request} />
      </Moment>
      <Moment kind="confirmation">
        <Confirmed {...props} />
      </Moment>
      <Moment kind="write_back">
        <Written request={props.request} now={props.now} />
      </Moment>
    </ol>
  );
}
