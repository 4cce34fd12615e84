import type { SourceFile } from '../ports';
import { AppError } from '../../domain/errors';
import { activateBundle } from './activate-bundle';
import { SERVICE_ACTOR, type PolicyDeps } from './policy-deps';
import { storeBundle } from './store-bundle';

/**
 * On the first start, the bundle of the service's folder becomes active by itself. One that cannot
 * be used does not: then there is no policy, and everything is blocked.
 * @returns the refusal of the bundle; undefined when a policy was active already or is now
 */
export async function activateFirst(
  deps: PolicyDeps,
  files: SourceFile[],
  folder: string,
): Promise<AppError | undefined> {
  try {
    const { version } = await storeBundle(deps, SERVICE_ACTOR, files, folder);
    await activateBundle(deps, SERVICE_ACTOR, version, 'first start', undefined, true);
    return undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'bundle_invalid') return error;
    throw error;
  }
}
