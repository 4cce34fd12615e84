import type { Request, Router } from 'express';
import { dayExists } from '../../domain/moment';
import type { Bundle } from '../../domain/bundle';
import { AppError } from '../../domain/errors';
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
  router.get('/policies/what-if', signedIn(deps), async (req, res) => {
    const viewer = viewerOf(res);
    const { policies, bundle } = await chosenPolicy(req, deps);
    const typed = typedIn(req);
    const action = bundle.actions.find(({ id }) => id === parameter(req, 'action'));
    const policy = action && bundle.policy(action.id);
    const asked =
      action && policy && parameter(req, 'ask') === '1'
        ? await orProblem(() => {
            const limits = policy.limits.map(({ rule }) => rule.id);
            const question = questionOf(action, limits, typed, viewer.person.email);
            return deps.whatIf.simulate(viewer.person, question, bundle);
          })
        : {};
    sendPage(
      res,
      200,
      <AskPageView
        viewer={viewer}
        now={deps.now()}
        policies={policies}
        version={bundle.version}
        actions={bundle.actions}
        chosen={action && policy && { action, policy }}
        typed={typed}
        simulation={asked.value}
        problem={asked.problem}
      />,
    );
  });

  router.get('/policies/what-if/replay', signedIn(deps), async (req, res) => {
    const policies = await deps.whatIf.policies();
    // A draft is what people come for; the active policy changes nothing of what it decided.
    const draft = policies.find(({ active }) => !active)?.version;
    const bundle = await deps.whatIf.bundle(parameter(req, 'policy') ?? draft);
    const days = daysOf(req, deps.now());
    const cursor = parameter(req, 'cursor');
    const asked =
      parameter(req, 'run') === '1'
        ? await orProblem(() =>
            deps.whatIf.replay(viewerOf(res).person, bundle, periodOf(days), {
              cursor,
              limit: PAGE,
            }),
          )
        : {};
    const query = { policy: bundle.version, ...days, run: '1' };
    sendPage(
      res,
      200,
      <ReplayPageView
        viewer={viewerOf(res)}
        policies={policies}
        version={bundle.version}
        {...days}
        report={asked.value}
        paging={pagingOf('/policies/what-if/replay', query, cursor, asked.value?.nextCursor)}
        problem={asked.problem}
        titleOf={titles(bundle)}
      />,
    );
  });

  router.get('/policies/what-if/shadow', signedIn(deps), async (req, res) => {
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
        titleOf={titles(await deps.whatIf.bundle())}
      />,
    );
  });
}

function titles(bundle: Bundle): (action: string) => string {
  return (id) => bundle.action(id)?.title ?? id;
}

async function chosenPolicy(req: Request, deps: WebDeps) {
  const policies = await deps.whatIf.policies();
  const bundle: Bundle = await deps.whatIf.bundle(parameter(req, 'policy'));
  return { policies, bundle };
}

/** What a form was filled in wrongly, or cannot be answered now, is told beside the form. */
async function orProblem<T>(work: () => Promise<T>): Promise<{ value?: T; problem?: string }> {
  try {
    return { value: await work() };
  } catch (error) {
    const told = ['invalid_parameter', 'facts_unavailable', 'concurrent_request'];
    if (!(error instanceof AppError) || !told.includes(error.code)) throw error;
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
