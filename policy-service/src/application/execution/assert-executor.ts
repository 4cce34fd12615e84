import type { Action } from '../../domain/catalogue/action';
import { AppError } from '../../domain/errors';
import type { RequestState } from '../../domain/request/states';

const SENTENCES = {
  service: (id: string) =>
    `${id} is carried out by somebody else under a permit. Ask for one: POST /v1/requests/{id}/permits.`,
  external: (id: string) =>
    `${id} is carried out by the service itself, so there are no permits for it. Send POST /v1/requests/{id}/execute.`,
};

/**
 * Refuses the way that the action is not declared for; the state is unchanged.
 * @param asked who would do the write
 * @throws AppError `not_executable`
 */
export function assertExecutor(
  action: Action,
  asked: Action['executor'],
  state: RequestState,
): void {
  if (action.executor === asked) return;
  const message = SENTENCES[asked](action.id);
  throw new AppError('not_executable', message, {
    state,
    reasons: [{ ruleId: 'executor', message }],
  });
}
