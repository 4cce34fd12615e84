import type { Action } from '../../domain/catalogue/action';
import { AppError } from '../../domain/errors';
import type { GovernedRequest } from '../../domain/request/request';
import { assertExecutable, beginExecution, type OpenExecution, type Refusal } from './begin';
import { assertMayUse, type Caller } from '../change/caller';
import { assertNotStopped } from '../stops/active-stops';
import { policyOf } from '../decisions/decide';
import { connectorUnavailable } from './connector-unavailable';
import type { Deps } from '../change/deps';
import type { Draft } from '../change/draft';
import { assertExecutor } from './assert-executor';
import { openExecution } from './open-execution';
import { performExecution } from './perform';
import { verifyCompensation } from './verify-undo';
import { ConnectorUnavailable, type Connector, type Slot } from '../ports';
import { lookBeforeSending } from './doubt/look-before-sending';
import { changeRequest, requestNotFound } from '../change/change-request';

/** How long a call waits for an execution that another process is in the middle of. */
const FOREIGN_WAIT_MS = 30_000;
const FOREIGN_POLL_MS = 100;

const BEGUN_BEFORE = 'begun before';

/**
 * Executes a request once. However often and from wherever it is called, there is one execution:
 * whoever comes later gets its outcome.
 */
export class ExecuteRequest {
  private readonly underWay = new Map<string, Promise<boolean>>();

  constructor(private readonly deps: Deps) {}

  /** Resolves when no execution is under way in this process. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.underWay.values());
  }

  /**
   * Resolves when the outcome is known, or known to be unknown.
   * @throws AppError `not_found`, `not_executable` (409), `facts_unavailable` (503)
   */
  async run(caller: Caller, requestId: string): Promise<GovernedRequest> {
    const running = this.underWay.get(requestId);
    if (running) return this.outcome(requestId, await running);
    const work = this.first(caller, requestId);
    this.underWay.set(requestId, work);
    try {
      return await this.outcome(requestId, await work);
    } finally {
      this.underWay.delete(requestId);
    }
  }

  /** @returns whether an outcome is still to come, when it is not there yet */
  private async first(caller: Caller, requestId: string): Promise<boolean> {
    const request = await this.read(requestId);
    assertMayUse(caller, request.intent?.action);
    // Its execution exists already: nothing is sent again.
    if (request.execution) return request.execution.permit === undefined;
    // Judged again in the transaction; without this a state that changes in between would go on
    // without facts.
    assertExecutable({ request, now: this.deps.clock.now() });
    await assertNotStopped(this.deps, request);
    const { action } = policyOf(this.deps, request);
    assertExecutor(action, 'service', request.state);
    const connector = this.deps.connector(action.connector);
    const slot = await admitted(connector);
    try {
      return await this.begin(caller, request, action, connector);
    } finally {
      slot?.release();
    }
  }

  private async begin(
    caller: Caller,
    request: GovernedRequest,
    action: Action,
    connector: Connector,
  ): Promise<boolean> {
    const { deps } = this;
    const earlier =
      (await lookBeforeSending(deps, connector, request, action)) ??
      (await verifyCompensation(deps, connector, request));
    const values = request.arguments ?? {};
    const { found } = await deps.facts.entities(action, values, caller.traceId, 'now');
    // A policy may be activated between the intent and the call: what was decided is what is sent.
    let decided = connector;
    const open: OpenExecution = (_deps, draft, current) => {
      decided = deps.connector(current.connector);
      return openExecution(deps, draft, current, decided);
    };
    const { draft, result: refusal } = await changeRequest(
      deps,
      caller,
      request.id,
      // Somebody else may have begun in between; their execution is the one execution.
      async (current): Promise<Refusal | typeof BEGUN_BEFORE | undefined> =>
        current.request.execution ? BEGUN_BEFORE : beginExecution(deps, current, found, open),
    );
    if (refusal === BEGUN_BEFORE) return draft.request.execution?.permit === undefined;
    if (refusal) throw notExecutable(draft, refusal);
    return performExecution(deps, caller, decided, draft.request, earlier);
  }

  /** @param comes whether to wait for an execution that somebody is in the middle of */
  private async outcome(requestId: string, comes: boolean): Promise<GovernedRequest> {
    const until = this.deps.clock.now().getTime() + FOREIGN_WAIT_MS;
    let request = await this.read(requestId);
    while (comes && request.state === 'executing' && this.deps.clock.now().getTime() < until) {
      await new Promise((resolve) => setTimeout(resolve, FOREIGN_POLL_MS));
      request = await this.read(requestId);
    }
    if (!request.execution) {
      throw new AppError(
        'not_executable',
        `A request that is ${request.state} cannot be executed.`,
        {
          state: request.state,
          reasons: request.decision?.reasons ?? [],
        },
      );
    }
    return request;
  }

  private async read(requestId: string): Promise<GovernedRequest> {
    const loaded = await this.deps.store.request(requestId);
    if (!loaded) throw requestNotFound(requestId);
    return loaded.value;
  }
}

/** @throws AppError `connector_unavailable`: nothing was written, state unchanged */
async function admitted(connector: Connector): Promise<Slot | undefined> {
  try {
    return await connector.admit?.();
  } catch (error) {
    if (!(error instanceof ConnectorUnavailable)) throw error;
    throw connectorUnavailable(connector.id, error.message, error.remedy);
  }
}

export function notExecutable({ request }: Draft, refusal: Refusal): AppError {
  return new AppError(
    'not_executable',
    refusal.message ??
      `It was not executed, because the last check before the write found it ${request.state.replaceAll('_', ' ')}.`,
    { state: request.state, reasons: refusal.reasons },
  );
}
