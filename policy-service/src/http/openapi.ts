import { ERROR_STATUS } from '../domain/errors';
import type { JsonObject } from '../domain/request/request';
import { answerSchemas } from './openapi-schemas';
import type { Access, Route } from './route';

/** The OpenAPI 3.1 document, made from the same routes that the server mounts. */
export function openApiDocument(routes: Route[], publicUrl: string, version: string): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Execution layer policy service',
      version,
      description:
        'AI proposes, policy decides, people approve, the execution layer executes once and proves it.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas: answerSchemas,
      securitySchemes: {
        serviceToken: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'el_session' },
        csrf: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token' },
      },
    },
  };
}

function operation(route: Route): JsonObject {
  return {
    tags: [route.tag],
    summary: route.summary,
    operationId: `${route.method}${route.path.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase())}`,
    ...scopesNote(route.access),
    security: security(route),
    parameters: parameters(route),
    ...(route.body
      ? {
          requestBody: {
            required: Array.isArray(route.body['required']) && route.body['required'].length > 0,
            content: { 'application/json': { schema: route.body } },
          },
        }
      : {}),
    responses: {
      [String(route.status)]: success(route),
      default: {
        description: `A refusal. Codes: ${Object.keys(ERROR_STATUS).join(', ')}.`,
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    },
  };
}

function success(route: Route): JsonObject {
  if (route.answer === 'Nothing') return { description: 'Done' };
  if (route.answer === 'Export') {
    return {
      description: 'One entry a line: sequence, canonical bytes, leaf hash',
      content: { 'application/x-ndjson': { schema: { type: 'string' } } },
    };
  }
  return {
    description: 'The answer',
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${route.answer}` } } },
  };
}

function parameters(route: Route): JsonObject[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name ?? '',
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(route.query ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema,
  }));
  const key = route.idempotencyKey
    ? [
        {
          name: 'Idempotency-Key',
          in: 'header',
          required: route.idempotencyKey === 'required',
          description: 'Same key, same call: the first answer again, for 30 days',
          schema: { type: 'string', maxLength: 255 },
        },
      ]
    : [];
  return [...inPath, ...inQuery, ...key];
}

function scopesNote(access: Access): JsonObject {
  if (access.kind !== 'token' || access.scopes.length === 0) return {};
  return { description: `Scope of the service token: ${access.scopes.join(', ')}.` };
}

function security({ access, method }: Route): JsonObject[] {
  const people: JsonObject = method === 'get' ? { session: [] } : { session: [], csrf: [] };
  switch (access.kind) {
    case 'open':
      return [];
    case 'people':
      return [people];
    case 'token':
      return access.orPeople ? [{ serviceToken: [] }, people] : [{ serviceToken: [] }];
  }
}
