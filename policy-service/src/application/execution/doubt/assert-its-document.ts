import { AppError } from '../../../domain/errors';
import { openStep } from '../../../domain/request/execution';
import type { GovernedRequest } from '../../../domain/request/request';
import type { Deps } from '../../change/deps';
import { ConnectorUnavailable, type Connector, type PerformInput } from '../../ports';
import { performInput } from '../perform-input';
import { wayOf } from '../recovery/recover-executions';
import { lookOnce } from './look';

/**
 * Asks the ERP before a person's "it happened" is believed, where it can be searched or the named
 * document read: the number of another document must not become that of this request, because it is
 * what an undo would take back. When the ERP cannot be asked now, the person's word stands.
 * @throws AppError `illegal_transition` when the ERP holds it under another number, or shows none
 */
export async function assertItsDocument(
  deps: Deps,
  request: GovernedRequest,
  said: string | undefined,
): Promise<void> {
  const { connector } = wayOf(deps, request);
  const step = request.execution && openStep(request.execution);
  if (!connector || !step) return;
  const refuse = (message: string): AppError =>
    new AppError('illegal_transition', message, { state: request.state });
  const findable = connector.traits.operations[step.operation]?.findable === true;
  const looked = findable ? await lookOnce(connector, request) : undefined;
  if (looked?.found === 'unavailable') return;
  if (looked && looked.found !== 'none') {
    const { erpReference } = looked;
    if (said === undefined || erpReference === undefined || erpReference === said) return;
    throw refuse(
      `The ERP holds it under ${erpReference} and not under ${said}. Reconcile it instead.`,
    );
  }
  const input = performInput(request, step);
  const other =
    said === undefined ? undefined : await differenceOf(connector, input, said, request);
  if (other === 'same' || other === 'unavailable') return;
  if (other) throw refuse(`${other.message} Reconcile it, or name its own document.`);
  if (looked) {
    throw refuse(
      'The ERP was searched and shows nothing of it. Reconcile it, which searches again, once its document carries the id of the request.',
    );
  }
}

/** What the document under a number has otherwise; undefined when nothing of it can be read. */
async function differenceOf(
  connector: Connector,
  input: PerformInput,
  number: string,
  { traceId }: GovernedRequest,
): Promise<'same' | 'unavailable' | { message: string } | undefined> {
  const written = { ...input, arguments: { ...input.arguments, erp_reference: number } };
  try {
    const verified = await connector.verify?.(written, { traceId });
    return verified?.same ? 'same' : verified;
  } catch (error) {
    if (!(error instanceof ConnectorUnavailable)) throw error;
    return 'unavailable';
  }
}
