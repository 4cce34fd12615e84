import { turnOf } from '../../application/policies/sent-bundles';
import { ask } from '../../application/what-if/ask';
import { chooseForReplay, type BundleChoice } from '../../application/what-if/choose-bundle';
import { visibleTo } from '../../application/what-if/decided-requests';
import { replayPage } from '../../application/what-if/replay-page';
import { shadowPage } from '../../application/what-if/shadow-page';
import type { Question } from '../../application/what-if/question';
import { AppError } from '../../domain/errors';
import { MAX_BODY_BYTES } from '../parse-json';
import { MAX_BUNDLE_BYTES } from '../policy-schemas';
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
    maxBodyBytes: MAX_BUNDLE_BYTES,
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
  // Only a bundle is large: patterns are held to texts that fit into other calls.
  if (Buffer.byteLength(JSON.stringify(request)) > MAX_BODY_BYTES) {
    throw new AppError(
      'body_too_large',
      `The request is larger than ${MAX_BODY_BYTES / 1024} KB. Only the files of a bundle may be larger.`,
    );
  }
  return ask(deps, caller, request, bundle);
}

async function replayed(ctx: RouteContext): Promise<unknown> {
  const { deps, caller } = ctx;
  const { replay } = bodyOf<{ replay: NonNullable<WhatIfBody['replay']> }>(ctx);
  const { from, to, bundle: choice, cursor, limit = PAGE } = replay;
  const by = turnOf(caller);
  const policy = await chooseForReplay(deps, by, choice);
  const { timeZone } = deps.settings;
  const visible = visibleTo(caller);
  return replayPage(deps.store, by, { from, to, policy, timeZone, visible }, { cursor, limit });
}
