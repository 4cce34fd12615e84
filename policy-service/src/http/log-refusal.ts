import { recordRefusal } from '../application/record-refusal';
import type { AppError } from '../domain/errors';
import type { RouteContext } from './route';

/** Records a refused command of /v1/requests/{id} on that request; votes record their own. */
export async function logRefusal(context: RouteContext, error: AppError): Promise<void> {
  const { deps, req, params, caller } = context;
  if (req.method === 'GET' || !req.path.startsWith('/v1/requests/') || !params['id']) return;
  const request = await deps.store.request(params['id']).catch(() => undefined);
  if (!request) return;
  await recordRefusal(deps, caller, request.value.id, `${req.method} ${req.path}`, error);
}
