import { actionsOf, assertMayUse } from '../../application/change/caller';
import type { Action } from '../../domain/catalogue/action';
import { AppError } from '../../domain/errors';
import { REQUEST_STATES, type RequestState } from '../../domain/request/states';
import type { Access, Route } from '../route';
import { load, view } from './requests';

const READ: Access = { kind: 'token', scopes: ['requests:read'], orPeople: true };

/** Query parameters of every list. */
export const PAGING = {
  cursor: { type: 'string', maxLength: 400, description: 'nextCursor of the page before' },
  limit: {
    type: 'string',
    pattern: '^[0-9]{1,4}$',
    description: 'Items a page; default 50, at most 200, and about 1 MB',
  },
};

/** Items a page, kept between 1 and `most`. */
export function pageSize(value: string | undefined, most = 200): number {
  return Math.min(most, Math.max(1, Number(value ?? 50)));
}

export const readRoutes: Route[] = [
  {
    method: 'get',
    path: '/v1/requests',
    tag: 'Requests',
    summary: 'List requests, newest first',
    access: READ,
    query: {
      state: {
        type: 'string',
        maxLength: 400,
        description: 'One state or several, separated by commas',
      },
      action: { type: 'string', maxLength: 80 },
      needsPerson: { enum: ['true', 'false'] },
      requestedBy: { type: 'string', maxLength: 200 },
      ...PAGING,
    },
    status: 200,
    answer: 'RequestPage',
    handle: async (ctx) => {
      const { state, action, needsPerson, requestedBy, cursor, limit } = ctx.query;
      const page = await ctx.deps.store.requests({
        states: state === undefined ? undefined : statesOf(state),
        action,
        // What a token may not read one by one, it does not read in a list.
        actions: actionsOf(ctx.caller),
        requestedBy,
        cursor,
        needsPerson: needsPerson === undefined ? undefined : needsPerson === 'true',
        limit: pageSize(limit),
      });
      const items = await Promise.all(page.items.map((request) => view(ctx, request)));
      return { items, ...(page.nextCursor ? { nextCursor: page.nextCursor } : {}) };
    },
  },
  {
    method: 'get',
    path: '/v1/requests/{id}',
    tag: 'Requests',
    summary: 'Read one request',
    access: READ,
    status: 200,
    answer: 'Request',
    handle: async (ctx) => view(ctx, await load(ctx)),
  },
  {
    method: 'get',
    path: '/v1/requests/{id}/timeline',
    tag: 'Requests',
    summary: 'What happened to a request, oldest first, by page',
    access: READ,
    query: {
      from: {
        type: 'string',
        pattern: '^[0-9]{1,15}$',
        description: 'nextFrom of the page before',
      },
      limit: {
        type: 'string',
        pattern: '^[0-9]{1,4}$',
        description: 'Default and most: 1000, and about 1 MB',
      },
    },
    status: 200,
    answer: 'Timeline',
    handle: async (ctx) => {
      const request = await load(ctx);
      const limit = pageSize(ctx.query['limit'] ?? '1000', 1000);
      const from = Number(ctx.query['from'] ?? 0);
      const { items, nextFrom } = await ctx.deps.store.log.entries({
        requestId: request.id,
        from,
        limit,
      });
      return {
        requestId: request.id,
        state: request.state,
        items: items.map(({ entry, leafHash, sequence }) => ({
          sequence,
          at: entry.at,
          type: entry.type,
          actor: entry.actor,
          ...(entry.moment ? { moment: entry.moment } : {}),
          data: entry.data,
          leafHash,
        })),
        nextFrom,
      };
    },
  },
  {
    method: 'get',
    path: '/v1/actions',
    tag: 'Catalogue',
    summary: 'List the actions of the catalogue',
    access: { kind: 'token', scopes: [], orPeople: true },
    query: {
      q: { type: 'string', maxLength: 80, description: 'Words of the id, title or description' },
    },
    status: 200,
    answer: 'ActionList',
    handle: async ({ deps, query, caller }) => {
      const own = actionsOf(caller);
      const words = (query['q'] ?? '').toLowerCase().split(/\s+/).filter(Boolean);
      const matches = deps.bundle().actions.filter((action) => {
        const text = `${action.id} ${action.title} ${action.description}`.toLowerCase();
        return (!own || own.includes(action.id)) && words.every((word) => text.includes(word));
      });
      return { items: matches.map(actionView) };
    },
  },
  {
    method: 'get',
    path: '/v1/actions/{id}',
    tag: 'Catalogue',
    summary: 'Read one action',
    access: { kind: 'token', scopes: [], orPeople: true },
    status: 200,
    answer: 'Action',
    handle: async ({ deps, params, caller }) => {
      assertMayUse(caller, params['id']);
      const action = deps.bundle().action(params['id'] ?? '');
      if (!action)
        throw new AppError('not_found', `The catalogue has no action "${params['id']}".`);
      return actionView(action);
    },
  },
];

function actionView(action: Action): unknown {
  const {
    id,
    version,
    title,
    description,
    owner,
    risk,
    stage,
    executor,
    idempotency,
    compensation,
    schema,
  } = action;
  return {
    id,
    version,
    title,
    description,
    owner,
    class: action.class,
    risk,
    stage,
    executor,
    idempotency,
    compensation,
    schema,
  };
}

function statesOf(text: string): RequestState[] {
  return text.split(',').map((name) => {
    const state = REQUEST_STATES.find((one) => one === name.trim());
    if (!state) {
      throw new AppError(
        'invalid_parameter',
        `"${name}" is no state. States are ${REQUEST_STATES.join(', ')}.`,
      );
    }
    return state;
  });
}
