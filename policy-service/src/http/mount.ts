import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Caller } from '../application/change/caller';
import type { Deps } from '../application/change/deps';
import type { ExecuteRequest } from '../application/execution/execute';
import type { Idempotency, StoredAnswer } from '../application/change/idempotency';
import type { Checkpoints } from '../application/audit-log/checkpoints';
import { assertLogSound } from '../application/change/log-broken';
import { AppError } from '../domain/errors';
import type { JsonObject } from '../domain/request/request';
import { compileSchema, type SchemaCheck } from '../validation/json-schema';
import { callerAddress } from '../web/caller-address';
import { withoutAbsent } from './absent';
import { authenticate, authorize } from './authenticate';
import { parseJsonObject } from './parse-json';
import { readText } from './read-text';
import { logRefusal } from './log-refusal';
import { callOf, noteRefusal, whoeverCalls } from './refused-call';
import { sendProblem, toAppError } from './problem';
import { ALREADY_SENT, type Route, type RouteContext } from './route';
import { budgetOf, type RateLimit } from './rate-limit';
import { withWhatExists } from './what-exists';

export interface HttpDeps {
  deps: Deps;
  executeRequest: ExecuteRequest;
  idempotency: Idempotency;
  checkpoints: Checkpoints;
  rateLimit: RateLimit;
}

/**
 * Serves routes: authentication, limits, body and query checks, idempotency, answers. What is not
 * theirs goes on to whoever comes next.
 */
export function mountRoutes(routes: Route[], http: HttpDeps): RequestHandler {
  const routers = new Map<string, Router>();
  for (const group of new Set(routes.map(({ path }) => groupOf(path)))) {
    const members = routes.filter(({ path }) => groupOf(path) === group);
    const router = Router({ caseSensitive: true, strict: true });
    for (const route of members) {
      const path = route.path.replace(/\{(\w+)\}/g, ':$1');
      const checks = checksOf(route);
      router[route.method](path, (req, res) => serve(route, checks, http, req, res));
    }
    refuseOtherMethods(router, members, http);
    routers.set(group, router);
  }
  return (req, res, next) => {
    const { path } = req;
    if (path.startsWith('/v1/')) res.setHeader('Cache-Control', 'no-store');
    const router = routers.get(groupOf(path));
    if (router) router(req, res, next);
    else next();
  };
}

/** The first two segments of a path (`/v1/tools`): a router tries its routes one after the other. */
function groupOf(path: string): string {
  const [, first = '', second = ''] = path.split('/', 3);
  return `/${first}/${second}`;
}

interface Checks {
  body?: SchemaCheck;
  query: SchemaCheck;
}

function checksOf(route: Route): Checks {
  const query = compileSchema({
    type: 'object',
    additionalProperties: false,
    properties: route.query ?? {},
  });
  return { query, ...(route.body ? { body: compileSchema(route.body) } : {}) };
}

async function serve(
  route: Route,
  checks: Checks,
  http: HttpDeps,
  req: Request,
  res: Response,
): Promise<void> {
  const traceId = String(res.locals['traceId']);
  let context: RouteContext | undefined;
  try {
    const caller = await authenticate(http.deps, req, route.access, traceId);
    context = {
      deps: http.deps,
      executeRequest: http.executeRequest,
      checkpoints: http.checkpoints,
      caller,
      params: req.params as Record<string, string>,
      query: {},
      body: {},
      traceId,
      req,
      res,
    };
    http.rateLimit.take(budget(caller, req));
    authorize(caller, route.access);
    context.query = queryOf(req, checks);
    // The commit refuses by itself: here, before an ERP or a model is asked for nothing.
    if (route.method !== 'get' && !route.reads) await assertLogSound(http.deps.store.log);
    if (checks.body)
      context.body = bodyOf(route, await readText(req, res, route.maxBodyBytes), checks.body);
    if (route.entered) {
      await http.deps.calls.asked(route.entered, callOf(req, route.path, traceId, caller));
    }
    const answer = await answerCall(route, http, context);
    if (answer.body === ALREADY_SENT) return;
    if (answer.replayed) res.setHeader('Idempotent-Replayed', 'true');
    if (answer.status === 204) res.status(204).end();
    else sendJson(res, answer.status, answer.text ?? JSON.stringify(answer.body));
  } catch (error) {
    const refusal = toAppError(error);
    if (refusal.code === 'internal')
      http.deps.log.error({ err: error, traceId }, 'unexpected error');
    if (context) await logRefusal(route, context, refusal);
    await noteRefusal(http.deps, req, route.path, traceId, refusal, context?.caller);
    if (res.headersSent) res.destroy();
    else {
      const told = context ? await withWhatExists(route, context, refusal) : refusal;
      sendProblem(res, told, traceId);
    }
  }
}

function budget(caller: Caller, req: Request): string {
  if (caller.kind === 'token') return budgetOf.token(caller.token.id);
  if (caller.kind === 'person') return budgetOf.person(caller.person.email);
  return budgetOf.address(callerAddress(req));
}

async function answerCall(
  route: Route,
  http: HttpDeps,
  context: RouteContext,
): Promise<StoredAnswer> {
  const { caller, req } = context;
  const key = caller.kind === 'token' && route.idempotencyKey ? keyOf(route, req) : undefined;
  const answer =
    key === undefined || caller.kind !== 'token'
      ? { status: route.status, body: await route.handle(context), replayed: false }
      : await http.idempotency.run(
          {
            tokenId: caller.token.id,
            route: `${req.method} ${req.path}`,
            key,
            payload: context.body,
          },
          (record) => route.handle({ ...context, record: (body) => record(route.status, body) }),
          route.status,
        );
  if (!route.complete) return answer;
  context.stored = answer.body;
  const body = await route.complete(context, answer.body);
  return body === answer.body ? answer : { ...answer, body, text: undefined };
}

function sendJson(res: Response, status: number, text: string): void {
  res.statusCode = status;
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.end(text);
}

function keyOf(route: Route, req: Request): string | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined && route.idempotencyKey === 'optional') return undefined;
  if (key === undefined || !/^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(key)) {
    throw new AppError(
      'idempotency_key_missing',
      'Send an Idempotency-Key header (1 to 255 printable ASCII characters) that is the same for every repeat of this call.',
    );
  }
  return key;
}

function bodyOf(route: Route, text: string, check: SchemaCheck): JsonObject {
  // A command without fields may come without a body.
  const nothingAsked =
    !route.body?.['required'] || (route.body['required'] as unknown[]).length === 0;
  const sent = text.trim() === '' && nothingAsked ? {} : parseJsonObject(text);
  const body = withoutAbsent(sent, route.body ?? {});
  const errors = check(body);
  if (errors.length > 0) {
    throw new AppError(
      'invalid_body',
      'The body does not have the right form; see errors.',
      {},
      errors,
    );
  }
  return body;
}

function queryOf(req: Request, checks: Checks): Record<string, string> {
  const errors = checks.query(req.query);
  if (errors.length > 0) {
    throw new AppError('invalid_parameter', 'A query parameter is wrong; see errors.', {}, errors);
  }
  return req.query as Record<string, string>;
}

function refuseOtherMethods(router: Router, routes: Route[], http: HttpDeps): void {
  const methods = new Map<string, string[]>();
  for (const { method, path } of routes) {
    methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) {
    router.all(path.replace(/\{(\w+)\}/g, ':$1'), async (req, res) => {
      res.setHeader('Allow', allowed.join(', '));
      const traceId = String(res.locals['traceId']);
      const error = new AppError(
        'method_not_allowed',
        `${req.method} is not possible here; use ${allowed.join(' or ')}.`,
      );
      const caller = await whoeverCalls(http.deps, req, traceId);
      await noteRefusal(http.deps, req, path, traceId, error, caller);
      sendProblem(res, error, traceId);
    });
  }
}
