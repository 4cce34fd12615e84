import type { Request, Router } from 'express';
import { dayExists } from '../../domain/moment';
import type { PolicyOutline } from '../../application/what-if/asked-policy';
import { AppError, type ErrorCode } from '../../domain/errors';
import type { WebDeps } from '../deps';
import { parameter, signedIn, viewerOf } from '../guards';
import { AskPageView } from '../pages/what-if/ask';
import { ReplayPageView } from '../pages/what-if/replay';
import { ShadowPageView } from '../pages/what-if/shadow';
import { sendPage } from '../respond';
import { questionOf, type Typed } from '../what-if-question';

const PAGE = 25;
const DAY_MS = 86_400_000;
const DAYS = 7;

/** GET /policies/what-if, /policies/what-if/replay and /policies/what-if/shadow. */
export function addWhatIfRoutes(router: Router, deps: WebDeps): void {
  router.get('/policies/what-if', signedIn, async (req, res) => {
    const viewer = viewerOf(res);
    const { person } = viewer;
    const policies = await deps.whatIf.policies();
    const outline = await deps.whatIf.outline(person, parameter(req, 'policy'));
    const typed = typedIn(req);
    const action = outline.actions.find(({ id }) => id === parameter(req, 'action'));
    const limits = action && outline.limits.get(action.id);
    const asked =
      action && limits && parameter(req, 'ask') === '1'
        ? await orProblem(() => {
            const ids = limits.map(({ id }) => id);
            const question = questionOf(action, ids, typed, person.email);
            return deps.whatIf.simulate(person, question, outline.version);
          })
        : {};
    sendPage(
      res,
      200,
      <AskPageView
        viewer={viewer}
        now={deps.now()}
        policies={policies}
        version={outline.version}
        actions={outline.actions}
        chosen={action && limits && { action, limits }}
        typed={typed}
        simulation={asked.value}
        problem={asked.problem}
      />,
    );
  });

  router.get('/policies/what-if/replay', signedIn, async (req, res) => {
    const policies = await deps.whatIf.policies();
    // A draft is what people come for; the active policy changes nothing of what it decided.
    const draft = policies.find(({ active }) => !active)?.version;
    const { person } = viewerOf(res);
    const outline = await deps.whatIf.outline(person, parameter(req, 'policy') ?? draft);
    const days = daysOf(req, deps.now());
    const cursor = parameter(req, 'cursor');
    const asked =
      parameter(req, 'run') === '1'
        ? await orProblem(() =>
            deps.whatIf.replay(person, outline.version, periodOf(days), { cursor, limit: PAGE }),
          )
        : {};
    const query = { policy: outline.version, ...days, run: '1' };
    sendPage(
      res,
      200,
      <ReplayPageView
        viewer={viewerOf(res)}
        policies={policies}
        version={outline.version}
        {...days}
        report={asked.value}
        paging={pagingOf('/policies/what-if/replay', query, cursor, asked.value?.nextCursor)}
        problem={asked.problem}
        titleOf={titles(outline)}
      />,
    );
  });

  router.get('/policies/what-if/shadow', signedIn, async (req, res) => {
    const days = daysOf(req, deps.now());
    const cursor = parameter(req, 'cursor');
    const asked = await orProblem(() =>
      deps.whatIf.shadow(viewerOf(res).person, periodOf(days), { cursor, limit: PAGE }),
    );
    sendPage(
      res,
      200,
      <ShadowPageView
        viewer={viewerOf(res)}
        {...days}
        report={asked.value}
        paging={pagingOf('/policies/what-if/shadow', days, cursor, asked.value?.nextCursor)}
        problem={asked.problem}
        titleOf={titles(await deps.whatIf.outline(viewerOf(res).person))}
      />,
    );
  });
}

function titles({ actions }: PolicyOutline): (action: string) => string {
  const known = new Map(actions.map(({ id, title }) => [id, title]));
  return (id) => known.get(id) ?? id;
}

const TOLD: ErrorCode[] = [
  'invalid_parameter',
  'facts_unavailable',
  'concurrent_request',
  'bundle_too_costly',
  'rate_limited',
];

/** What a form was filled in wrongly, or cannot be answered now, is told beside the form. */
async function orProblem<T>(work: () => Promise<T>): Promise<{ value?: T; problem?: string }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof AppError) || !TOLD.includes(error.code)) throw error;
    return { problem: error.message };
  }
}

function typedIn(req: Request): Typed {
  const typed: Typed = {};
  for (const name of Object.keys(req.query)) {
    const value = parameter(req, name)?.trim();
    if (value) typed[name] = value;
  }
  return typed;
}

interface Days {
  from: string;
  to: string;
}

function daysOf(req: Request, now: Date): Days {
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  return {
    from: parameter(req, 'from') ?? day(now.getTime() - (DAYS - 1) * DAY_MS),
    to: parameter(req, 'to') ?? day(now.getTime()),
  };
}

/** From the first moment of the first day to the last of the last. */
function periodOf({ from, to }: Days): Days {
  const end = Date.parse(to);
  return { from, to: isNaN(end) || !dayExists(to) ? to : new Date(end + DAY_MS).toISOString() };
}

function pagingOf(path: string, query: object, cursor?: string, next?: string) {
  const address = (more: object): string =>
    `${path}?${new URLSearchParams({ ...query, ...more } as Record<string, string>).toString()}`;
  return {
    first: cursor === undefined ? undefined : address({}),
    next: next === undefined ? undefined : address({ cursor: next }),
  };
}
