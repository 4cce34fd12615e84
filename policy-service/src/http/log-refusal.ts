import { recordRefusal } from '../application/change/record-refusal';
import type { AppError } from '../domain/errors';
import type { Route, RouteContext } from './route';

/** Records a refused command of /v1/requests/{id} on that request; votes record their own. */
export async function logRefusal(
  route: Route,
  context: RouteContext,
  error: AppError,
): Promise<void> {
  const { deps, params, caller } = context;
  if (route.method === 'get' || !route.path.startsWith('/v1/requests/{id}')) return;
  const request = await deps.store.request(params['id'] ?? '').catch(() => undefined);
  if (!request) return;
  const { id } = request.value;
  const command = `${route.method.toUpperCase()} ${route.path.replace('{id}', id)}`;
  await recordRefusal(deps, caller, id, command, error);
}
