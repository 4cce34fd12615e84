import type { Request, Response, Router } from 'express';
import type { StopOrder } from '../../application/stops/stop';
import { broadestFirst } from '../../domain/stops/stop';
import { AppError } from '../../domain/errors';
import type { WebDeps } from '../deps';
import { csrfChecked, field, parameter, readForm, sameOrigin, signedIn, viewerOf } from '../guards';
import { ControlsPage } from '../pages/controls';
import type { StopDraft } from '../parts/stop-forms';
import { noteRefused } from '../note-refused';
import { goTo, sendPage } from '../respond';

const PAGE = 25;

/** GET and POST /controls, POST /controls/:id/lift. */
export function addControlRoutes(router: Router, deps: WebDeps): void {
  const form = [sameOrigin(deps), readForm, signedIn, csrfChecked];

  router.get('/controls', signedIn, (req, res) => show(req, res, deps, 200));

  router.post('/controls', ...form, async (req, res) => {
    const draft = {
      target: field(req, 'target') ?? '',
      requester: field(req, 'requester') ?? '',
      reason: textOf(req, 'reason'),
    };
    await orShowAgain(req, res, deps, draft, async () => {
      if (field(req, 'confirm') !== 'yes') {
        throw new AppError('invalid_parameter', 'Tick the box to say that it is stopped now.');
      }
      await deps.stop(viewerOf(res).person, { target: targetOf(draft), reason: draft.reason });
    });
  });

  router.post('/controls/:id/lift', ...form, async (req, res) => {
    await orShowAgain(req, res, deps, undefined, async () => {
      await deps.lift(viewerOf(res).person, String(req.params.id), textOf(req, 'reason'));
    });
  });
}

/** Browsers send line breaks as CR LF but count them once against maxlength. */
const textOf = (req: Request, name: string): string =>
  (field(req, name) ?? '').replaceAll('\r\n', '\n');

/** What was typed wrongly is answered with the same page, so that nothing has to be typed again. */
async function orShowAgain(
  req: Request,
  res: Response,
  deps: WebDeps,
  draft: StopDraft | undefined,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_parameter') throw error;
    await noteRefused(deps, req, res, error);
    return show(req, res, deps, error.status, { draft, problem: error.message });
  }
  goTo(res, '/controls');
}

/** @throws AppError `invalid_parameter` */
function targetOf({ target, requester }: StopDraft): StopOrder['target'] {
  if (target === 'all') return { kind: 'all' };
  if (target === 'requester') return { kind: 'requester', id: requester };
  const [, kind, id] = /^(action|connector|token):(.+)$/.exec(target) ?? [];
  if (kind === undefined) throw new AppError('invalid_parameter', 'Choose what to stop.');
  return { kind: kind as 'action' | 'connector' | 'token', id };
}

async function show(
  req: Request,
  res: Response,
  deps: WebDeps,
  status: number,
  refused: { draft?: StopDraft; problem?: string } = {},
): Promise<void> {
  const viewer = viewerOf(res);
  const cursor = parameter(req, 'cursor');
  const [active, history, choices] = await Promise.all([
    deps.activeStops(),
    deps.controls({ cursor, limit: PAGE }),
    deps.stopChoices(),
  ]);
  const next = history.nextCursor;
  sendPage(
    res,
    status,
    <ControlsPage
      viewer={viewer}
      now={deps.now()}
      may={deps.mayOperate(viewer.person)}
      active={active.sort(broadestFirst)}
      lifted={history.items.filter(({ liftedAt }) => liftedAt !== undefined)}
      paging={{
        first: cursor === undefined ? undefined : '/controls',
        next: next === undefined ? undefined : `/controls?cursor=${encodeURIComponent(next)}`,
      }}
      choices={choices}
      {...refused}
    />,
  );
}
