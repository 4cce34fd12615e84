import { AppError } from '../../domain/errors';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';

/**
 * Remembers the signed n8n URL to call when the approval ends; when it has ended already, the
 * call is sent at once.
 * @throws AppError `callback_host_not_allowed`, `illegal_transition`, `insufficient_scope` when
 *   another token registered one
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
  const { caller, request } = draft;
  const by = caller.kind === 'token' ? caller.token.id : undefined;
  const holder = request.resumeTokenId ?? request.subject.tokenId;
  if (request.resumeUrl !== undefined && holder !== by) {
    throw new AppError(
      'insufficient_scope',
      'Another token waits for this approval. Only that token may replace its resume URL.',
    );
  }
  draft.request = {
    ...request,
    resumeUrl: deps.sealer.seal(resumeUrl),
    resumeTokenId: by,
  };
  draft.record({ type: 'request.callback_registered', data: { host: new URL(resumeUrl).host } });
  if (draft.request.state !== 'awaiting_approval') draft.wake(deps.random.id('out'));
}
