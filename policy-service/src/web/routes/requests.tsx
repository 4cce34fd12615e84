import type { Request, Router } from 'express';
import { messageWhileStopped } from '../../application/views/tell-stop';
import { AppError } from '../../domain/errors';
import { REQUEST_STATES } from '../../domain/request/states';
import type { WebDeps } from '../deps';
import { parameter, signedIn, viewerOf } from '../guards';
import { RequestPage } from '../pages/request';
import { RequestsPage, type RequestsQuery } from '../pages/requests';
import { sendPage } from '../respond';

const PAGE = 25;

/** @throws AppError `invalid_parameter` for a state that does not exist */
function readQuery(req: Request): RequestsQuery {
  const wanted = parameter(req, 'state');
  const state = REQUEST_STATES.find((known) => known === wanted);
  if (wanted !== undefined && state === undefined) {
    throw new AppError('invalid_parameter', 'There is no such state. Choose one from the list.');
  }
  return {
    state,
    action: parameter(req, 'action')?.trim(),
    needsPerson: parameter(req, 'needsPerson') === 'true',
  };
}

function address(query: RequestsQuery, cursor?: string): string {
  const search = new URLSearchParams();
  if (query.state !== undefined) search.set('state', query.state);
  if (query.action !== undefined) search.set('action', query.action);
  if (query.needsPerson) search.set('needsPerson', 'true');
  if (cursor !== undefined) search.set('cursor', cursor);
  return search.size === 0 ? '/requests' : `/requests?${search.toString()}`;
}

/** @throws AppError `invalid_parameter` */
function sequenceIn(req: Request): number | undefined {
  const text = parameter(req, 'upTo');
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,15}$/.test(text)) {
    throw new AppError('invalid_parameter', 'Open the timeline from the page of the request.');
  }
  return Number(text);
}

/** GET /requests, GET /requests/:id. */
export function addRequestRoutes(router: Router, deps: WebDeps): void {
  router.get('/requests', signedIn, async (req, res) => {
    const query = readQuery(req);
    const cursor = parameter(req, 'cursor');
    const page = await deps.requests({
      states: query.state && [query.state],
      action: query.action,
      needsPerson: query.needsPerson ? true : undefined,
      cursor,
      limit: PAGE,
    });
    sendPage(
      res,
      200,
      <RequestsPage
        viewer={viewerOf(res)}
        now={deps.now()}
        query={query}
        items={page.items}
        paging={{
          first: cursor === undefined ? undefined : address(query),
          next: page.nextCursor === undefined ? undefined : address(query, page.nextCursor),
        }}
      />,
    );
  });

  router.get('/requests/:id', signedIn, async (req, res) => {
    const request = await deps.request(String(req.params.id));
    const upTo = sequenceIn(req);
    const here = `/requests/${encodeURIComponent(request.id)}`;
    const [approval, timeline, stop] = await Promise.all([
      request.approvalId === undefined ? undefined : deps.approval(request.approvalId),
      deps.timeline(request.id, upTo),
      deps.stopOf(request),
    ]);
    const message = deps.message(request);
    sendPage(
      res,
      200,
      <RequestPage
        viewer={viewerOf(res)}
        now={deps.now()}
        request={request}
        approval={approval}
        timeline={timeline.entries}
        paging={{
          newest: upTo === undefined ? undefined : `${here}#timeline`,
          earlier:
            timeline.earlier === undefined
              ? undefined
              : `${here}?upTo=${timeline.earlier}#timeline`,
        }}
        message={stop ? messageWhileStopped(request, message, stop) : message}
      />,
    );
  });
}
