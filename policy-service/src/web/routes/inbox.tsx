import type { Request, Router } from 'express';
import type { Approval } from '../../domain/approval/approval';
import { AppError } from '../../domain/errors';
import type { WebDeps } from '../deps';
import { csrfChecked, field, parameter, readForm, sameOrigin, signedIn, viewerOf } from '../guards';
import { ApprovalPage } from '../pages/approval';
import { DECIDED, InboxPage, type InboxTab } from '../pages/inbox';
import { COMMENT_LENGTH, EVIDENCE_LENGTH, evidenceField } from '../parts/vote-panel';
import { goTo, sendPage } from '../respond';

const PAGE = 25;
const STUCK = 10;

/** @throws AppError `invalid_parameter` */
function tabOf(req: Request): InboxTab {
  const state = parameter(req, 'state') ?? 'pending';
  const tab = (['pending', 'decided', ...DECIDED] as InboxTab[]).find((known) => known === state);
  if (tab === undefined) {
    throw new AppError('invalid_parameter', 'There is no such list of approvals.');
  }
  return tab;
}

/** The newest approvals that are over, whatever their end. */
async function newestDecided(deps: WebDeps): Promise<Approval[]> {
  const pages = await Promise.all(DECIDED.map((state) => deps.approvals({ state, limit: PAGE })));
  const ended = (approval: Approval) => approval.endedAt ?? approval.createdAt;
  return pages
    .flatMap((page) => page.items)
    .sort((a, b) => (ended(a) < ended(b) ? 1 : -1))
    .slice(0, PAGE);
}

/** @throws AppError `invalid_parameter`: a vote that is neither, or a text that is too long */
function readVote(req: Request, { evidence: asked = [] }: Approval) {
  const vote = field(req, 'vote');
  const digest = field(req, 'digest') ?? '';
  const comment = textField(req, 'comment');
  const evidence: Record<string, string> = {};
  for (const name of asked) {
    const text = textField(req, evidenceField(name));
    if (text !== '') evidence[name] = text;
  }
  if ((vote !== 'approve' && vote !== 'reject') || digest === '') {
    throw new AppError(
      'invalid_parameter',
      'Choose Approve or Reject on the page of the approval.',
    );
  }
  if (comment.length > COMMENT_LENGTH) {
    const message = `Keep the comment within ${COMMENT_LENGTH} characters.`;
    throw new AppError('invalid_parameter', message);
  }
  if (Object.values(evidence).some((text) => text.length > EVIDENCE_LENGTH)) {
    const message = `Keep each piece of evidence within ${EVIDENCE_LENGTH} characters.`;
    throw new AppError('invalid_parameter', message);
  }
  return {
    vote,
    digest,
    comment: comment === '' ? undefined : comment,
    ...(Object.keys(evidence).length > 0 ? { evidence } : {}),
  } as const;
}

/** Browsers send line breaks as CR LF but count them once against maxlength. */
function textField(req: Request, name: string): string {
  return (field(req, name) ?? '').replaceAll('\r\n', '\n').trim();
}

/** GET /inbox, GET /inbox/:approvalId, POST /inbox/:approvalId/vote. */
export function addInboxRoutes(router: Router, deps: WebDeps): void {
  router.get('/inbox', signedIn, async (req, res) => {
    const viewer = viewerOf(res);
    const tab = tabOf(req);
    const cursor = parameter(req, 'cursor');
    const here = `/inbox?state=${tab}`;
    const page =
      tab === 'decided'
        ? { items: await newestDecided(deps) }
        : await deps.approvals({ state: tab, cursor, limit: PAGE });
    const stuck =
      tab === 'pending' ? await deps.requests({ needsPerson: true, limit: STUCK }) : undefined;
    const items = await Promise.all(
      page.items.map(async (approval) => ({
        approval,
        may: await deps.mayVote(viewer.person, approval),
      })),
    );
    const next = 'nextCursor' in page ? page.nextCursor : undefined;
    sendPage(
      res,
      200,
      <InboxPage
        viewer={viewer}
        now={deps.now()}
        tab={tab}
        items={items}
        paging={{
          first: cursor === undefined ? undefined : here,
          next: next === undefined ? undefined : `${here}&cursor=${encodeURIComponent(next)}`,
        }}
        stuck={stuck && { items: stuck.items, more: stuck.nextCursor !== undefined }}
      />,
    );
  });

  router.get('/inbox/:approvalId', signedIn, async (req, res) => {
    const viewer = viewerOf(res);
    const approval = await deps.approval(String(req.params.approvalId));
    const [request, may] = await Promise.all([
      deps.request(approval.requestId),
      deps.mayVote(viewer.person, approval),
    ]);
    const stop = await deps.stopOf(request);
    const twins = await deps.twinsOf(request);
    const page = (
      <ApprovalPage {...{ viewer, approval, request, may, stop, twins, now: deps.now() }} />
    );
    sendPage(res, 200, page);
  });

  router.post(
    '/inbox/:approvalId/vote',
    sameOrigin(deps),
    readForm,
    signedIn,
    csrfChecked,
    async (req, res) => {
      const approvalId = String(req.params.approvalId);
      const { person } = viewerOf(res);
      const approval = await deps.approval(approvalId);
      await deps.vote({ person, approvalId, ...readVote(req, approval) });
      goTo(res, `/inbox/${encodeURIComponent(approvalId)}`);
    },
  );
}
