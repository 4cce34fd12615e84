import { openStep } from '../../../domain/request/execution';
import { AppError } from '../../../domain/errors';
import type { GovernedRequest } from '../../../domain/request/request';
import type { Deps } from '../../change/deps';
import { lookOnce } from './look';
import { wayOf } from '../recovery/recover-executions';

/**
 * Asks the ERP before a person's "it did not happen" is believed, where it can be searched: a
 * document that is plainly there must not become a failure. When it cannot be asked now, the
 * person's word stands.
 * @throws AppError `illegal_transition` when the ERP holds the document, or a part of it
 */
export async function assertNotThere(deps: Deps, request: GovernedRequest): Promise<void> {
  const { connector } = wayOf(deps, request);
  const step = request.execution && openStep(request.execution);
  if (!connector || !step || !connector.traits.operations[step.operation]?.findable) return;
  const looked = await lookOnce(connector, request);
  if (looked.found !== 'done' && looked.found !== 'partial') return;
  const number = looked.erpReference === undefined ? '' : ` under ${looked.erpReference}`;
  throw new AppError(
    'illegal_transition',
    looked.found === 'done'
      ? `The ERP holds it${number}, so it did happen. Reconcile it instead.`
      : `The ERP holds a part of it${number}: ${looked.message} Repair that there first, or say that it happened.`,
    { state: request.state },
  );
}
