import type { Deps } from '../change/deps';
import { livedBy, type OutboxMessage } from '../ports';
import { commit } from '../change/change-request';
import { actorOf, serviceCaller } from '../change/caller';

const BATCH = 50;
/** Waits between attempts: n8n answers 409 for a moment while it still saves the execution. */
const WAITS_SECONDS = [1, 2, 4, 8, 15, 30, 60, 300, 900, 3600];

/** Delivers messages that are due; each is claimed first, so of several processes one sends it. */
export async function deliverCallbacks(deps: Deps): Promise<void> {
  const due = await deps.store.outboxDue(livedBy(deps.clock).toISOString(), BATCH);
  await Promise.all(due.map((message) => deliver(deps, message)));
}

async function deliver(deps: Deps, message: OutboxMessage): Promise<void> {
  const now = livedBy(deps.clock);
  const wait = WAITS_SECONDS[Math.min(message.attempts, WAITS_SECONDS.length - 1)] ?? 3600;
  const nextAttemptAt = new Date(now.getTime() + wait * 1000).toISOString();
  if (!(await deps.store.outboxClaim(message.id, message.attempts, nextAttemptAt))) return;
  const over = message.expiresAt <= now.toISOString();
  const url = deps.sealer.open(message.url);
  if (url === undefined) {
    deps.log.error(
      { requestId: message.requestId },
      'the key that this callback was sealed with is gone, so nobody is called: the waiting execution has to be ended in n8n',
    );
  }
  const outcome = over || url === undefined ? 'gone' : await deps.callbacks.send(url, message.body);
  if (outcome === 'retry') return;
  const caller = serviceCaller('callbacks', '');
  await commit(deps, {
    outboxDone: [message.id],
    audit: [
      {
        type: outcome === 'delivered' ? 'callback.delivered' : 'callback.abandoned',
        at: deps.clock.now().toISOString(),
        requestId: message.requestId,
        actor: actorOf(caller),
        data: {
          ...(url === undefined ? {} : { host: new URL(url).host }),
          attempts: message.attempts + 1,
        },
      },
    ],
  });
}
