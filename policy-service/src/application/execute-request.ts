import type { FactRecord } from '../domain/facts';
import { AppError } from '../domain/errors';
import type { GovernedRequest } from '../domain/request';
import { assertExecutable, beginExecution, type Refusal } from './begin-execution';
import { assertMayUse, type Caller } from './caller';
import { policyOf } from './decide-request';
import type { Deps } from './deps';
import type { Draft } from './draft';
import { performExecution } from './perform-execution';
import { changeRequest, requestNotFound } from './unit-of-work';

/** How long a call waits for an execution that another process is in the middle of. */
const FOREIGN_WAIT_MS = 30_000;
const FOREIGN_POLL_MS = 100;

/**
 * Executes a request once. However often and from wherever it is called, there is one execution:
 * whoever comes later gets its outcome.
 */
export class ExecuteRequest {
  private readonly underWay = new Map<string, Promise<void>>();

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
    if (running) {
      await running;
    } else {
      const work = this.first(caller, requestId);
      this.underWay.set(requestId, work);
      try {
        await work;
      } finally {
        this.underWay.delete(requestId);
      }
    }
    return this.outcome(requestId);
  }

  private async first(caller: Caller, requestId: string): Promise<void> {
    const request = await this.read(requestId);
    assertMayUse(caller, request.intent?.action);
    // Its execution exists already: nothing is sent again.
    if (request.execution) return;
    const facts = await this.freshFacts(request, caller);
    const { draft, result: refusal } = await changeRequest(
      this.deps,
      caller,
      requestId,
      // Somebody else may have begun in between; their execution is the one execution.
      (current) =>
        current.request.execution ? undefined : beginExecution(this.deps, current, facts),
    );
    if (refusal) throw notExecutable(draft, refusal);
    if (draft.request.execution?.leaseOwner !== this.deps.settings.instanceId) return;
    await performExecution(this.deps, caller, draft.request);
  }

  private async freshFacts(
    request: GovernedRequest,
    caller: Caller,
  ): Promise<Record<string, FactRecord>> {
    // Judged again in the transaction; without this a state that changes in between would go on
    // without facts.
    assertExecutable({ request, now: this.deps.clock.now() });
    const { action } = policyOf(this.deps, request);
    const { found } = await this.deps.facts.entities(
      action,
      request.arguments ?? {},
      caller.traceId,
      0,
    );
    return found;
  }

  private async outcome(requestId: string): Promise<GovernedRequest> {
    const until = this.deps.clock.now().getTime() + FOREIGN_WAIT_MS;
    let request = await this.read(requestId);
    while (request.state === 'executing' && this.deps.clock.now().getTime() < until) {
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

function notExecutable({ request }: Draft, refusal: Refusal): AppError {
  return new AppError(
    'not_executable',
    `It was not executed, because the last check before the write found it ${request.state.replaceAll('_', ' ')}.`,
    { state: request.state, reasons: refusal.reasons },
  );
}
