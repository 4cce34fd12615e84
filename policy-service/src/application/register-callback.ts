import { AppError } from '../domain/errors';
import type { Deps } from './deps';
import type { Draft } from './draft';

/**
 * Remembers the signed n8n URL to call when the approval ends; when it has ended already, the
 * call is sent at once.
 * @throws AppError `callback_host_not_allowed`, `illegal_transition`
 */
export function registerCallback(deps: Deps, draft: Draft, resumeUrl: string): void {
  if (!deps.callbacks.allowed(resumeUrl)) {
    throw new AppError(
      'callback_host_not_allowed',
      'The resume URL is not on a host of EXECUTION_LAYER_CALLBACK_HOSTS. Add the host and port of your n8n there.',
    );
  }
  if (!draft.request.approvalId) {
    throw new AppError(
      'illegal_transition',
      `A request that is ${draft.request.state} waits for nobody, so there is nothing to call back for.`,
      { state: draft.request.state },
    );
  }
  draft.request = { ...draft.request, resumeUrl };
  draft.record({ type: 'request.callback_registered', data: { host: new URL(resumeUrl).host } });
  if (draft.request.state !== 'awaiting_approval') draft.wake(deps.random.id('out'));
}
