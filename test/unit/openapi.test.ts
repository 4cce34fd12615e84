import { openApiDocument } from '../../policy-service/src/http/openapi';
import { routes } from '../../policy-service/src/http/routes';

const document = openApiDocument(routes, 'http://127.0.0.1:4310', '0.1.0') as {
  paths: Record<string, Record<string, { operationId: string; responses: object }>>;
  components: { schemas: Record<string, unknown> };
};

test('documents every endpoint of the first version, and nothing else', () => {
  const endpoints = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(endpoints.sort()).toEqual([
    'DELETE /v1/session',
    'GET /v1/actions',
    'GET /v1/actions/{id}',
    'GET /v1/approvals',
    'GET /v1/approvals/{id}',
    'GET /v1/audit/checkpoint',
    'GET /v1/audit/consistency',
    'GET /v1/audit/entries',
    'GET /v1/audit/entries/{seq}/proof',
    'GET /v1/audit/export',
    'GET /v1/audit/verify',
    'GET /v1/controls',
    'GET /v1/policies',
    'GET /v1/policies/diff',
    'GET /v1/policies/shadow',
    'GET /v1/policies/{version}',
    'GET /v1/requests',
    'GET /v1/requests/{id}',
    'GET /v1/requests/{id}/timeline',
    'POST /v1/approvals/{id}/votes',
    'POST /v1/controls',
    'POST /v1/controls/{id}/lift',
    'POST /v1/policies',
    'POST /v1/policies/rollback',
    'POST /v1/policies/simulate',
    'POST /v1/policies/{version}/activate',
    'POST /v1/requests',
    'POST /v1/requests/{id}/callbacks',
    'POST /v1/requests/{id}/cancel',
    'POST /v1/requests/{id}/compensate',
    'POST /v1/requests/{id}/decide',
    'POST /v1/requests/{id}/events',
    'POST /v1/requests/{id}/execute',
    'POST /v1/requests/{id}/outcome',
    'POST /v1/requests/{id}/permits',
    'POST /v1/requests/{id}/reconcile',
    'POST /v1/requests/{id}/resolution',
    'POST /v1/requests/{id}/resubmit',
    'POST /v1/requests/{id}/validate',
    'POST /v1/session',
    'POST /v1/tools/{action}',
  ]);
});

test('every reference leads to a schema, and every operation has a name of its own', () => {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
  for (const [, name] of references)
    expect(Object.keys(document.components.schemas)).toContain(name);
  const ids = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

test('no route is open to everybody but the sign-in, and only people vote', () => {
  const open = routes.filter(({ access }) => access.kind === 'open').map(({ path }) => path);
  expect(open).toEqual(['/v1/session']);
  const votes = routes.find(({ path }) => path.endsWith('/votes'));
  expect(votes?.access).toEqual({ kind: 'people' });
});
