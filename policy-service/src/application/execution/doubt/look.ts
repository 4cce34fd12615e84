import { setTimeout as sleep } from 'node:timers/promises';
import { openStep } from '../../../domain/request/execution';
import { FOUND_IN_ERP } from '../../../domain/request/known-by';
import type { GovernedRequest } from '../../../domain/request/request';
import { performInput } from '../perform-input';
import type { StepResult } from '../record-step';
import { ConnectorUnavailable, type Connector, type FindResult } from '../../ports';

/** What an ERP has just committed may not be in its search yet, so it is asked twice, settled. */
const SETTLE_MS = 1_000;

export type Looked =
  FindResult | { found: 'unavailable'; message: string; remedy: ConnectorUnavailable['remedy'] };

/** Searches the ERP for what the open step wrote: settle, search, settle, search again. */
export async function look(connector: Connector, request: GovernedRequest): Promise<Looked> {
  await sleep(SETTLE_MS);
  const first = await lookOnce(connector, request);
  if (first.found !== 'none') return first;
  await sleep(SETTLE_MS);
  return lookOnce(connector, request);
}

/** One search, without waiting. */
export async function lookOnce(connector: Connector, request: GovernedRequest): Promise<Looked> {
  const step = request.execution && openStep(request.execution);
  if (!step || !connector.find) throw new Error('only a findable step is looked for');
  try {
    return await connector.find(performInput(request, step), { traceId: request.traceId });
  } catch (error) {
    if (!(error instanceof ConnectorUnavailable)) throw error;
    const message = `The ERP could not be searched: ${error.message}`;
    return { found: 'unavailable', message, remedy: error.remedy };
  }
}

/** What was found, as the outcome of the step that wrote it. */
export function foundAsOutcome(found: Looked): StepResult | undefined {
  if (found.found !== 'done') return undefined;
  const { erpReference, result, numbers } = found;
  const told = { evidence: FOUND_IN_ERP, knownBy: 'look' as const, attempts: [] };
  return { outcome: 'done', erpReference, result, numbers, ...told };
}
