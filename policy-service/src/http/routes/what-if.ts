import { chooseBundle, type BundleChoice } from '../../application/what-if/choose-bundle';
import { visibleTo } from '../../application/what-if/decided-requests';
import { permittedLimits } from '../../application/what-if/permitted-limits';
import { permittedLookups } from '../../application/what-if/permitted-lookups';
import { replayPage } from '../../application/what-if/replay-page';
import { shadowPage } from '../../application/what-if/shadow-page';
import type { Question } from '../../application/what-if/question';
import { simulate } from '../../application/what-if/simulate';
import { AppError } from '../../domain/errors';
import { bodyOf, type Access, type Route, type RouteContext } from '../route';
import { WHAT_IF } from '../what-if-schemas';

interface WhatIfBody {
  request?: Question;
  bundle?: BundleChoice;
  replay?: { from: string; to: string; bundle?: BundleChoice; cursor?: string; limit?: number };
}

const READ: Access = { kind: 'token', scopes: ['requests:read'], orPeople: true };
const PAGE = 50;
const WEEK_MS = 7 * 86_400_000;

/** What rules would do: nothing here changes anything. */
export const whatIfRoutes: Route[] = [
  {
    method: 'post',
    path: '/v1/policies/simulate',
    tag: 'Policies',
    summary: 'Ask what a policy would say to one request, or to the stored decisions of a period',
    reads: true,
    entered: 'policy.what_if_asked',
    access: READ,
    body: WHAT_IF,
    status: 200,
    answer: 'WhatIf',
    handle: async (ctx) => {
      const { request, replay } = bodyOf<WhatIfBody>(ctx);
      if ((request === undefined) === (replay === undefined)) {
        throw new AppError(
          'invalid_body',
          'Send either request (one hypothetical request) or replay (a period of stored decisions).',
        );
      }
      return replay ? replayed(ctx) : simulated(ctx);
    },
  },
  {
    method: 'get',
    path: '/v1/policies/shadow',
    tag: 'Policies',
    summary: 'What the rules on trial (log_only) would have done in a period',
    entered: 'policy.what_if_asked',
    access: READ,
    query: {
      from: { type: 'string', maxLength: 40, description: 'Default: a week before to' },
      to: { type: 'string', maxLength: 40, description: 'Default: now' },
      cursor: { type: 'string', pattern: '^[0-9]{1,9}$' },
      limit: { type: 'string', pattern: '^([1-9]|[1-9][0-9]|1[0-9][0-9]|200)$' },
    },
    status: 200,
    answer: 'ShadowReport',
    handle: async ({ deps, query, caller }) => {
      const to = query['to'] ?? deps.clock.now().toISOString();
      const from = query['from'] ?? new Date((Date.parse(to) || 0) - WEEK_MS).toISOString();
      const limit = Number(query['limit'] ?? PAGE);
      return shadowPage(
        deps.store,
        deps.bundle(),
        { from, to },
        { cursor: query['cursor'], limit },
        visibleTo(caller),
      );
    },
  },
];

async function simulated(ctx: RouteContext): Promise<unknown> {
  const { deps, caller } = ctx;
  const { request, bundle } = bodyOf<WhatIfBody & { request: Question }>(ctx);
  const asked = await chooseBundle(deps, bundle);
  const facts = permittedLookups(deps.facts, deps.bundle(), caller);
  const store = permittedLimits(deps.store, deps.bundle(), caller);
  return simulate({ ...deps, store, facts }, caller, request, asked);
}

async function replayed(ctx: RouteContext): Promise<unknown> {
  const { deps, caller } = ctx;
  const { replay } = bodyOf<{ replay: NonNullable<WhatIfBody['replay']> }>(ctx);
  const { from, to, bundle: choice, cursor, limit = PAGE } = replay;
  const bundle = await chooseBundle(deps, choice);
  const { timeZone } = deps.settings;
  const visible = visibleTo(caller);
  return replayPage(deps.store, { from, to, bundle, timeZone, visible }, { cursor, limit });
}
