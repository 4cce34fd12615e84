import { setTimeout as sleep } from 'node:timers/promises';
import { auditViolations } from './audit-check';
import type { Client } from './client';
import { compare, type OurRequest } from './compare';
import type { Fleet } from './fleet';
import { contradiction, type Acknowledged, type Journal, type Violation } from './journal';
import { erpDocuments, ourRequests } from './records';
import { reconciled, resolved, settled } from './settle';

/** Reading and hashing the whole log takes long in a long run. */
const AUDIT_EVERY = 4;
/** Kept calls that are repeated at one comparison. */
const REPEATED_CALLS = 100;
const SECOND_READING_MS = 3_000;

/** The comparisons of a run, at intervals and at its end. */
export class Checks {
  /** As of the last comparison. */
  requests = 0;
  /** Requests under a permit that was neither reported nor has expired. */
  permitsOpen = 0;
  private done = 0;

  constructor(
    private readonly fleet: Fleet,
    private readonly journal: Journal,
    private readonly client: Client,
    private readonly erpUrl: string,
  ) {}

  /**
   * Lets everything settle and compares; nothing else may be under way.
   * @param last unknown outcomes are resolved first, until none is left
   * @returns what is wrong, and was still wrong at a second reading
   */
  async run(last: boolean): Promise<Violation[]> {
    const { client, erpUrl, journal, fleet } = this;
    await settled(client);
    const unresolved = last ? await resolved(client, erpUrl, journal.externals) : [];
    if (!last) await reconciled(client);
    const first = await this.compared();
    if (first.length > 0) await sleep(SECOND_READING_MS);
    const second = first.length > 0 ? await this.compared() : [];
    const lasting = second.filter((one) => first.some((other) => other.message === one.message));
    await this.repeatCalls();
    this.done += 1;
    const audited = last || this.done % AUDIT_EVERY === 0;
    return [...unresolved, ...lasting, ...(audited ? await auditViolations(fleet, journal) : [])];
  }

  private async compared(): Promise<Violation[]> {
    const { client, erpUrl, journal } = this;
    const ours = await ourRequests(client);
    const documents = await erpDocuments(erpUrl);
    this.requests = ours.length;
    this.permitsOpen = ours.filter(({ state }) => state === 'executing').length;
    return [
      ...compare(ours, documents, journal.externals, new Date().toISOString()),
      ...takenBack([...journal.answers.values()], ours),
    ];
  }

  /** The journal notices an answer that differs from the first. */
  private async repeatCalls(): Promise<void> {
    for (const call of this.journal.calls.slice(-REPEATED_CALLS)) {
      const again = { ...call, body: call.body as object, givesUp: false };
      await this.client.command(again).catch(() => undefined);
    }
  }
}

/** Answers that no longer hold: the request is gone, or in a state that takes them back. */
export function takenBack(answers: Acknowledged[], ours: OurRequest[]): Violation[] {
  const byId = new Map(ours.map((request) => [request.id, request]));
  return answers.flatMap((first) => {
    if (first.requestId === undefined) return [];
    const now = byId.get(first.requestId);
    const later = { ...first, state: now?.state, erpReference: now?.erpReference };
    const problem = now ? contradiction({ ...first, repeat: 'current' }, later) : 'It is gone.';
    if (problem === undefined) return [];
    return [
      { rule: 'taken-back', requestId: first.requestId, message: `${first.call}: ${problem}` },
    ];
  });
}
