import type { GovernedRequest } from '../../domain/request/request';
import { inWords } from '../argument-words';
import { REQUEST_LABELS } from '../labels';
import { excerpt, relative, visible } from '../words';
import { Pill } from './basics';

/** What a request is about, in one line. */
export function requestHeadline(request: GovernedRequest): string {
  const action = request.intent?.action ?? null;
  if (action === null) {
    return request.requestText === undefined
      ? 'No action recognised'
      : excerpt(request.requestText, 90);
  }
  const facts = request.decision?.facts ?? request.validation?.entities ?? {};
  const words = inWords(request.arguments ?? request.intent?.arguments ?? {}, facts);
  return words === '' ? visible(action) : words;
}

/** Why a request waits for a person, as far as the request itself tells. */
function Problem({ request }: { request: GovernedRequest }) {
  const first = request.validation?.errors[0];
  if (first !== undefined) return <p>{visible(first.message)}</p>;
  if (request.execution?.message !== undefined) return <p>{visible(request.execution.message)}</p>;
  return null;
}

/** One request in a list. */
export function RequestRow({ request, now }: { request: GovernedRequest; now: Date }) {
  return (
    <li class="row">
      <div class="row-main">
        <h3>
          <a href={`/requests/${encodeURIComponent(request.id)}`}>{requestHeadline(request)}</a>
        </h3>
        <Problem request={request} />
        <p class="small muted">
          <code>{visible(request.intent?.action ?? 'no action')}</code> · requested by{' '}
          {visible(request.subject.requestedBy)} · through {visible(request.source)} ·{' '}
          <code>{visible(request.id)}</code>
        </p>
      </div>
      <div class="row-side">
        <Pill {...REQUEST_LABELS[request.state]} />
        {request.needsPerson && <p class="small strong">Needs a person</p>}
        <p class="small muted">{relative(request.updatedAt, now)}</p>
      </div>
    </li>
  );
}
