import type { GovernedRequest } from '../../domain/request/request';
import type { RequestState } from '../../domain/request/states';
import type { MayOperate, Viewer } from '../deps';
import { LOOKED_INTO, REQUEST_LABELS } from '../labels';
import { Empty, Item, Paging, Pill, When } from '../parts/basics';
import { Layout } from '../parts/layout';
import {
  AcknowledgeForm,
  FindingForms,
  isRestored,
  ReconcileForm,
  repairOf,
} from '../parts/repair-forms';
import { requestHeadline } from '../parts/request-row';
import { spaced, visible } from '../words';

/** A request that waits for a person, with what the service can still do about it. */
export interface AttentionItem {
  request: GovernedRequest;
  /** One true sentence on where it stands. */
  message: string;
  /** Why the service cannot look into it by itself; undefined when it can. */
  whyNotReconcile?: string;
}

interface AttentionProps {
  viewer: Viewer;
  now: Date;
  may: MayOperate;
  items: AttentionItem[];
  paging: { first?: string; next?: string };
}

interface Group {
  title: string;
  lead: string;
  has(request: GovernedRequest): boolean;
}

function inState(...states: RequestState[]): (request: GovernedRequest) => boolean {
  return ({ state }) => states.includes(state);
}

/** In the order of what costs most when it waits. */
const GROUPS: Group[] = [
  {
    title: 'Outcome unknown',
    lead: 'Nobody knows whether these were carried out as a whole. Look in the ERP before you say anything: for the request’s id, where the ERP keeps it, and for what was asked for.',
    has: inState('outcome_unknown', 'compensating'),
  },
  {
    title: 'Restored from a backup',
    lead: 'What became of these after the backup is not known here: each may be in the ERP already. Look for it before you say anything.',
    has: isRestored,
  },
  {
    title: 'Undoing failed',
    lead: 'The service could not take back what was written. It may still stand, whole or in part.',
    has: inState('compensation_failed'),
  },
  {
    title: 'Incomplete',
    lead: 'Not understood, or something is missing. Ask the requester and send it again.',
    has: inState('invalid', 'extraction_failed'),
  },
];

function Known({ request, now }: { request: GovernedRequest; now: Date }) {
  const { execution } = request;
  return (
    <dl class="facts">
      <Item term="Id of the request">
        <code class="hash">{visible(request.id)}</code>
      </Item>
      {execution?.erpReference !== undefined && (
        <Item term="Number in the ERP">
          <code>{visible(execution.erpReference)}</code>
        </Item>
      )}
      {execution !== undefined && (
        <Item term="Started">
          <When at={execution.startedAt} now={now} />
        </Item>
      )}
      {execution !== undefined && (
        <Item term="Calls made">{String(execution.attempts.length)}</Item>
      )}
      {request.deadline !== undefined && (
        <Item term={LOOKED_INTO.has(request.state) ? 'Looked into again' : 'Expires'}>
          <When at={request.deadline} now={now} />
        </Item>
      )}
      {request.inCharge !== undefined && <Item term="In charge">{spaced(request.inCharge)}</Item>}
      {execution?.permit?.report !== undefined && (
        <Item term="Reported by the holder of the permit">
          {visible(
            [execution.permit.report.outcome, execution.permit.report.erpReference]
              .filter((part) => part !== undefined)
              .join(', '),
          )}
          {execution.permit.report.late && ' (too late to count)'}
        </Item>
      )}
    </dl>
  );
}

function Repairs(props: { item: AttentionItem; viewer: Viewer; may: MayOperate }) {
  const { item, viewer, may } = props;
  const { request } = item;
  if (!may.allowed) return null;
  if (repairOf(request) === 'acknowledge') {
    return <AcknowledgeForm viewer={viewer} request={request} />;
  }
  return (
    <>
      {item.whyNotReconcile === undefined ? (
        <ReconcileForm viewer={viewer} request={request} />
      ) : (
        <p class="small notice">{visible(item.whyNotReconcile)}</p>
      )}
      <FindingForms viewer={viewer} request={request} />
    </>
  );
}

function AttentionRow(props: { item: AttentionItem; viewer: Viewer; may: MayOperate; now: Date }) {
  const { item, now } = props;
  const { request } = item;
  const why = request.validation?.errors ?? [];
  return (
    <li class="row" id={request.id}>
      <div class="row-main">
        <h3>
          <a href={`/requests/${encodeURIComponent(request.id)}`}>{requestHeadline(request)}</a>
        </h3>
        <p>{visible(item.message)}</p>
        {why.length === 0 && request.execution?.message !== undefined && (
          <p class="small">{visible(request.execution.message)}</p>
        )}
        {request.execution !== undefined && <Known request={request} now={now} />}
        <Repairs {...props} />
      </div>
      <div class="row-side">
        <Pill {...REQUEST_LABELS[request.state]} />
        <p class="small">
          <code>{visible(request.intent?.action ?? 'no action')}</code>
        </p>
        <p class="small muted">Requested by {visible(request.subject.requestedBy)}</p>
      </div>
    </li>
  );
}

/** The work list of operators: everything that needs a person, or may come to need one. */
export function AttentionPage(props: AttentionProps) {
  const { items, may } = props;
  return (
    <Layout title="Needs attention" viewer={props.viewer} current="attention">
      <h1>Needs attention</h1>
      <p class="meta">
        What does not go on by itself, or may not. Whatever you record here is kept under your name,
        with the evidence.
      </p>
      {!may.allowed && <p class="notice">You can read this list. {visible(may.why)}</p>}
      {items.length === 0 ? (
        <Empty title="Nothing to repair">No request waits for a person to repair it.</Empty>
      ) : (
        GROUPS.map(({ title, lead, has }) => {
          const found = items.filter(({ request }) => has(request));
          if (found.length === 0) return null;
          return (
            <section>
              <h2>{title}</h2>
              <p class="muted">{lead}</p>
              <ul class="rows" aria-label={title}>
                {found.map((item) => (
                  <AttentionRow item={item} viewer={props.viewer} may={may} now={props.now} />
                ))}
              </ul>
            </section>
          );
        })
      )}
      <Paging {...props.paging} />
    </Layout>
  );
}
