import type { Execution } from '../../../domain/request/execution';
import type { Draft } from '../../change/draft';

/** A permit whose time is over without a report: nobody knows whether its holder wrote. */
export function permitExpired(draft: Draft, execution: Execution): false {
  if (draft.request.state !== 'executing') return false;
  const message =
    'The outcome of the permit was not reported in time, so it is not known whether its holder wrote.';
  draft.move(
    'settle',
    'outcome_unknown',
    {
      execution: {
        ...execution,
        status: 'outcome_unknown',
        message,
        finishedAt: draft.now.toISOString(),
      },
      needsPerson: true,
      deadline: undefined,
    },
    { type: 'request.outcome_unknown', moment: 'write_back', data: { message } },
  );
  return false;
}
