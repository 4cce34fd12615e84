import type { Effect, Reason } from '../../domain/request/decision';
import type { RequestState } from '../../domain/request/states';
import type { Store } from '../ports';
import type { AskedPolicy, ReplayedDecision, ReplayStep } from './asked-policy';
import {
  ALL,
  assertPeriod,
  decidedPages,
  type DecidedRequest,
  type Period,
  type Visible,
} from './decided-requests';
import { MoneySums, type Money } from './money-involved';
import type { Outcome, Replayed } from './replay-one';

/** A stored request that a draft would have decided otherwise. */
export interface ChangedRequest {
  requestId: string;
  /** Moment of the stored decision. */
  at: string;
  action: string;
  requestedBy: string;
  /** Where the request stands today. */
  state: RequestState;
  from: Effect;
  to: Outcome;
  money?: Money;
  /** Of the stored decision. */
  before: Reason[];
  after: Reason[];
}

/** Changes of one kind; `from` and `to` are equal where only the terms of the approval change. */
export interface Flip {
  from: Effect;
  to: Outcome;
  count: number;
  /** Sums of the requests' amounts, each currency apart. */
  money: Money[];
}

export interface ReplayReport extends Period {
  /** Of the draft. */
  policyVersion: string;
  /** Stored decisions that were read. */
  decisions: number;
  unchanged: number;
  changed: number;
  /** Strictest change first. */
  flips: Flip[];
  /** Decisions that cannot be replayed, by reason, with the first requests of each. */
  notReplayable: { why: string; count: number; requestIds: string[] }[];
  /** Limits that the decisions did not record: counted anew, beginning with the period. */
  recountedLimits: string[];
  /** False when the replay stopped at its maximum of decisions or of time; `reached` is the last decision that it read. */
  complete: boolean;
  reached?: string;
}

export interface ReplayOptions extends Period {
  policy: AskedPolicy;
  timeZone: string;
  /** Stops after so many decisions. */
  maxDecisions?: number;
  /** Decisions that are counted and told; the others are replayed too, for the limits that they use. */
  visible?: Visible;
  /** Stops when this says so. */
  outOfTime?: () => boolean;
  onChange?: (changed: ChangedRequest) => void;
  /** Told after each thousand decisions, and at the end. */
  onProgress?: (progress: { decisions: number; changed: number; at: string }) => void;
}

const NAMED_REQUESTS = 20;
const PROGRESS_EVERY = 1000;
const STRICTNESS: Outcome[] = ['block', 'invalid', 'recommend', 'require_approval', 'allow'];

/**
 * Lets a draft decide on every stored decision of a period, and counts what would change. Nothing
 * is stored. Memory holds one page of requests, and the windows of limits that are counted anew.
 * @throws AppError `invalid_parameter`
 */
export async function replay(store: Store, options: ReplayOptions): Promise<ReplayReport> {
  const period = assertPeriod(options);
  return options.policy.replay((step) => replayIn(step, store, period, options));
}

async function replayIn(
  step: ReplayStep,
  store: Store,
  period: Period,
  options: ReplayOptions,
): Promise<ReplayReport> {
  const {
    policy,
    timeZone,
    maxDecisions = Infinity,
    outOfTime = () => false,
    visible = ALL,
  } = options;
  const tally = new Tally();
  let recountedLimits: string[] = [];
  let reached: string | undefined;
  let complete = true;
  let read = 0;
  for await (const page of decidedPages(store, period)) {
    const requests = outOfTime() ? [] : page.slice(0, maxDecisions - read);
    if (requests.length > 0) {
      const replayed = await step(requests, timeZone);
      read += requests.length;
      recountedLimits = replayed.recountedLimits;
      for (const [index, request] of requests.entries()) {
        if (!visible(request)) continue;
        const { outcome, money } = replayed.decisions[index] as ReplayedDecision;
        reached = request.decision.at;
        const changed = tally.add(request, outcome, money);
        if (changed) options.onChange?.(changed);
        if (tally.decisions % PROGRESS_EVERY === 0) {
          options.onProgress?.({ decisions: tally.decisions, changed: tally.changed, at: reached });
        }
      }
    }
    if (requests.length < page.length) {
      complete = false;
      break;
    }
  }
  options.onProgress?.({
    decisions: tally.decisions,
    changed: tally.changed,
    at: reached ?? period.to,
  });
  return {
    ...period,
    policyVersion: policy.version,
    ...tally.report(),
    recountedLimits,
    complete,
    ...(reached === undefined ? {} : { reached }),
  };
}

class Tally {
  decisions = 0;
  changed = 0;
  private unchanged = 0;
  private readonly flips = new Map<
    string,
    Pick<Flip, 'from' | 'to' | 'count'> & { sums: MoneySums }
  >();
  private readonly notReplayable = new Map<string, { count: number; requestIds: string[] }>();

  /** @returns what changed, if anything did */
  add(request: DecidedRequest, outcome: Replayed, money?: Money): ChangedRequest | undefined {
    this.decisions += 1;
    if (!outcome.replayable) {
      const entry = this.notReplayable.get(outcome.why) ?? { count: 0, requestIds: [] };
      this.notReplayable.set(outcome.why, entry);
      entry.count += 1;
      if (entry.requestIds.length < NAMED_REQUESTS) entry.requestIds.push(request.id);
      return undefined;
    }
    const { decision } = request;
    if (outcome.effect === decision.effect && !outcome.otherTerms) {
      this.unchanged += 1;
      return undefined;
    }
    this.changed += 1;
    this.countFlip(decision.effect, outcome.effect, money);
    return {
      requestId: request.id,
      at: decision.at,
      action: request.intent?.action ?? '',
      requestedBy: request.subject.requestedBy,
      state: request.state,
      from: decision.effect,
      to: outcome.effect,
      ...(money ? { money } : {}),
      before: decision.reasons,
      after: outcome.reasons,
    };
  }

  private countFlip(from: Effect, to: Outcome, money: Money | undefined): void {
    const key = `${from}->${to}`;
    const flip = this.flips.get(key) ?? { from, to, count: 0, sums: new MoneySums() };
    this.flips.set(key, flip);
    flip.count += 1;
    flip.sums.add(money);
  }

  report(): Pick<ReplayReport, 'decisions' | 'unchanged' | 'changed' | 'flips' | 'notReplayable'> {
    const { decisions, unchanged, changed } = this;
    return {
      decisions,
      unchanged,
      changed,
      flips: [...this.flips.values()]
        .map(({ sums, ...flip }) => ({ ...flip, money: sums.list() }))
        .sort(
          (a, b) =>
            STRICTNESS.indexOf(a.to) - STRICTNESS.indexOf(b.to) ||
            STRICTNESS.indexOf(b.from) - STRICTNESS.indexOf(a.from),
        ),
      notReplayable: [...this.notReplayable].map(([why, entry]) => ({ why, ...entry })),
    };
  }
}
