import type { Request, Router } from 'express';
import { AppError } from '../../domain/errors';
import type { WebDeps } from '../deps';
import { csrfChecked, field, parameter, readForm, sameOrigin, signedIn, viewerOf } from '../guards';
import { AttentionPage } from '../pages/attention';
import { EVIDENCE_LENGTH, REFERENCE_LENGTH } from '../parts/repair-forms';
import { goTo, sendPage } from '../respond';

const PAGE = 25;

/** @throws AppError `invalid_parameter`: no choice, no evidence, or too much of it */
function readFinding(req: Request) {
  const happened = field(req, 'happened');
  const evidence = (field(req, 'evidence') ?? '').replaceAll('\r\n', '\n').trim();
  const erpReference = (field(req, 'erpReference') ?? '').trim();
  if (happened !== 'yes' && happened !== 'no') {
    throw new AppError('invalid_parameter', 'Say whether it happened, on the page of the list.');
  }
  if (evidence === '' || evidence.length > EVIDENCE_LENGTH) {
    throw new AppError(
      'invalid_parameter',
      `Say where it can be seen, in at most ${EVIDENCE_LENGTH} characters: the evidence is kept.`,
    );
  }
  if (erpReference.length > REFERENCE_LENGTH) {
    throw new AppError(
      'invalid_parameter',
      `Keep the number within ${REFERENCE_LENGTH} characters.`,
    );
  }
  return {
    happened: happened === 'yes',
    evidence,
    ...(erpReference === '' ? {} : { erpReference }),
  };
}

/** GET /attention, POST /attention/:id/reconcile, POST /attention/:id/resolution. */
export function addAttentionRoutes(router: Router, deps: WebDeps): void {
  const form = [sameOrigin(deps), readForm, signedIn, csrfChecked];

  router.get('/attention', signedIn, async (req, res) => {
    const viewer = viewerOf(res);
    const cursor = parameter(req, 'cursor');
    const page = await deps.requests({ needsPerson: true, cursor, limit: PAGE });
    const items = page.items.map((request) => ({
      request,
      message: deps.message(request),
      whyNotReconcile: deps.whyNotReconcile(request),
    }));
    const next = page.nextCursor;
    sendPage(
      res,
      200,
      <AttentionPage
        viewer={viewer}
        now={deps.now()}
        may={deps.mayOperate(viewer.person)}
        items={items}
        paging={{
          first: cursor === undefined ? undefined : '/attention',
          next: next === undefined ? undefined : `/attention?cursor=${encodeURIComponent(next)}`,
        }}
      />,
    );
  });

  router.post('/attention/:id/reconcile', ...form, async (req, res) => {
    const id = String(req.params.id);
    await deps.reconcile(viewerOf(res).person, id);
    goTo(res, `/requests/${encodeURIComponent(id)}`);
  });

  router.post('/attention/:id/resolution', ...form, async (req, res) => {
    const id = String(req.params.id);
    await deps.resolve(viewerOf(res).person, id, readFinding(req));
    goTo(res, `/requests/${encodeURIComponent(id)}`);
  });
}
