import type { ExecutionStep } from '../../domain/request/execution';
import type { GovernedRequest } from '../../domain/request/request';
import { undoPlan } from '../../domain/catalogue/undo';
import { connectorUnavailable } from './connector-unavailable';
import type { Deps } from '../change/deps';
import { ConnectorUnavailable, type Connector, type PerformInput } from '../ports';
import { performInput } from './perform-input';
import type { StepResult } from './record-step';

/**
 * Reads the document that a step is about to undo and holds it to what was written: a number may
 * belong to another document by now. Nothing happens for a step that undoes nothing.
 * @returns the outcome of a step that must not be sent; undefined when it may be
 * @throws ConnectorUnavailable when the ERP cannot be asked
 */
export async function verifyUndo(
  deps: Deps,
  connector: Connector,
  request: GovernedRequest,
  step: ExecutionStep,
): Promise<StepResult | undefined> {
  if (!step.undoes || !connector.verify) return undefined;
  const written = await writtenBy(deps, request, step);
  if (!written) return undefined;
  const verified = await connector.verify(written, { traceId: request.traceId });
  if (verified === undefined || verified.same) return undefined;
  // What was sent before may have taken it away; nothing else can be hit in its place.
  if (verified.gone && step.status === 'unknown') return undefined;
  return { outcome: 'refused', message: verified.message, attempts: [], knownBy: 'never_sent' };
}

/**
 * The same for everything that a compensation is going to undo, before the first of it is sent.
 * @throws AppError `connector_unavailable`; state unchanged
 */
export async function verifyCompensation(
  deps: Deps,
  connector: Connector,
  request: GovernedRequest,
): Promise<StepResult | undefined> {
  if (request.kind !== 'compensation') return undefined;
  const original = await originalOf(deps, request);
  const action = original?.intent?.action && deps.bundle().action(original.intent.action);
  const writes = (operation: string): boolean =>
    connector.traits.operations[operation]?.reads !== true;
  const plan = action && original.execution && undoPlan(action, original.execution, writes);
  try {
    for (const step of plan || []) {
      const stopped = await verifyUndo(deps, connector, request, step);
      if (stopped) return stopped;
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof ConnectorUnavailable)) throw error;
    throw connectorUnavailable(
      connector.id,
      `What is to be undone could not be read before: ${error.message}`,
      error.remedy,
    );
  }
}

/** The same for one step in the middle of an execution, where the ERP may be gone by now. */
export async function verifiedBefore(
  deps: Deps,
  connector: Connector,
  request: GovernedRequest,
  step: ExecutionStep,
): Promise<StepResult | undefined> {
  try {
    return await verifyUndo(deps, connector, request, step);
  } catch (error) {
    if (!(error instanceof ConnectorUnavailable)) throw error;
    const message = `What is to be undone could not be read before: ${error.message}`;
    return { outcome: 'unknown', message, attempts: [], unsent: true };
  }
}

/** What was performed when the document was written, with its number. */
async function writtenBy(
  deps: Deps,
  request: GovernedRequest,
  { undoes }: ExecutionStep,
): Promise<PerformInput | undefined> {
  const original = await originalOf(deps, request);
  const { execution } = original ?? {};
  if (!original || !execution || !undoes) return undefined;
  const done = execution.steps.filter(({ status }) => status === 'done');
  const step =
    undoes.step === undefined
      ? (done.findLast(({ erpReference }) => erpReference === undoes.erpReference) ?? done.at(-1))
      : done.find(({ name }) => name === undoes.step);
  if (!step) return undefined;
  const before = execution.steps.slice(0, execution.steps.indexOf(step));
  return performInput(
    { ...original, execution: { ...execution, steps: before, undo: undefined } },
    { ...step, undoes },
  );
}

async function originalOf(
  deps: Deps,
  request: GovernedRequest,
): Promise<GovernedRequest | undefined> {
  if (request.kind !== 'compensation') return request;
  const { compensates } = request;
  return compensates === undefined ? undefined : (await deps.store.request(compensates))?.value;
}
