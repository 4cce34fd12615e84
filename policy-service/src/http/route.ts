import type { Request, Response } from 'express';
import type { Caller } from '../application/change/caller';
import type { Deps } from '../application/change/deps';
import type { ExecuteRequest } from '../application/execution/execute';
import type { IdempotencyRecord } from '../application/ports';
import type { Scope } from '../domain/identity/identity';
import type { JsonObject } from '../domain/request/request';
import type { Checkpoints } from '../application/audit-log/checkpoints';

/** Who may call a route. `people` are signed in with a session cookie. */
export type Access =
  { kind: 'token'; scopes: Scope[]; orPeople?: boolean } | { kind: 'people' } | { kind: 'open' };

export interface RouteContext {
  deps: Deps;
  executeRequest: ExecuteRequest;
  checkpoints: Checkpoints;
  caller: Caller;
  params: Record<string, string>;
  query: Record<string, string>;
  body: JsonObject;
  traceId: string;
  /** Makes the idempotency row for an answer; absent when the call carries no key. */
  record?: (answer: unknown) => IdempotencyRecord;
  /** The answer whose change is stored, once it is: what fails after that left something behind. */
  stored?: unknown;
  req: Request;
  res: Response;
}

/** One endpoint: the router, the checks and the OpenAPI document are all made from this. */
export interface Route {
  method: 'get' | 'post' | 'delete';
  /** OpenAPI form: `/v1/requests/{id}`. */
  path: string;
  tag: string;
  summary: string;
  /** It changes nothing but sessions, so it goes on while the log is damaged. */
  reads?: true;
  /** It shows much at once: that it was asked is an entry. */
  entered?: 'audit.export_asked' | 'policy.what_if_asked';
  access: Access;
  idempotencyKey?: 'required' | 'optional';
  /** JSON Schema of the body; unknown fields are refused. */
  body?: JsonObject;
  /** Largest body; 64 KB when absent. */
  maxBodyBytes?: number;
  /** JSON Schemas of the query parameters. */
  query?: Record<string, JsonObject>;
  status: number;
  /** Name of the answer's schema in openapi-schemas.ts. */
  answer: string;
  handle(context: RouteContext): Promise<unknown>;
  /** Adds what is only known after the commit, to a first and to a replayed answer alike. */
  complete?(context: RouteContext, answer: unknown): Promise<unknown>;
}

/** The body as the type that the route's schema has checked it for. */
export function bodyOf<T>({ body }: RouteContext): T {
  return body as unknown as T;
}

/** Returned by a handler that has sent its answer itself (streams). */
export const ALREADY_SENT = Symbol('already sent');
