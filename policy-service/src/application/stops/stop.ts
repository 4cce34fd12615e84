import type { EntryBody } from '../../audit/entry';
import {
  sameTarget,
  type Control,
  type ControlKind,
  type ControlTarget,
} from '../../domain/stops/stop';
import { AppError } from '../../domain/errors';
import { namesSomebody } from '../../domain/identity/identity-check';
import { nearMiss } from '../../domain/near-miss';
import { undoId } from '../../domain/catalogue/undo';
import type { Deps } from '../change/deps';
import type { IdempotencyRecord } from '../ports';
import { commit, retryConflicts } from '../change/change-request';
import { activeStops } from './active-stops';
import { checkedReason } from '../change/checked-reason';
import type { KnownTargets } from './known-targets';

/** Stopping needs neither rules nor an ERP, so the command line can do it beside a running service. */
export type ControlDeps = Pick<Deps, 'store' | 'clock' | 'random' | 'log'>;

/** Who stops or lifts, as the log names them. */
export interface ControlActor {
  actor: EntryBody['actor'];
  traceId?: string;
  /** The actions that it is held to; absent: every one. */
  actions?: readonly string[] | undefined;
}

export interface StopOrder {
  /** `id` is absent for the kind `all` alone. */
  target: { kind: ControlKind; id?: string };
  reason: string;
}

/** Longest name of a requester, as in a request. */
const MAX_ID = 200;

/**
 * Stops executions; it is in force for every execution that has not begun when this resolves, in
 * every process. The same target is stopped once: a second stop answers with the active one.
 * @param known what the catalogue holds; undefined while there is none, and then any id is taken,
 *   because a stop must be possible at any time
 * @param recordAnswer makes the idempotency row that is committed with the stop
 * @throws AppError `invalid_parameter` for a missing reason or a target that does not exist
 */
export async function stopExecution(
  deps: ControlDeps,
  by: ControlActor,
  order: StopOrder,
  known: KnownTargets | undefined,
  recordAnswer?: (control: Control) => IdempotencyRecord,
): Promise<Control> {
  const reason = checkedReason(order.reason, 'is stopped');
  const target = await checkedTarget(deps, order.target, known);
  assertOwnTarget(by, target);
  return retryConflicts(async () => {
    const expectedRevision = await deps.store.revision();
    const active = await activeStops(deps.store);
    const people = await deps.store.people();
    const same = active.find((one) => sameTarget(one.target, target, people));
    if (same && !recordAnswer) return same;
    const control: Control = same ?? {
      id: deps.random.id('ctl'),
      target,
      reason,
      at: deps.clock.now().toISOString(),
      by: by.actor.id,
    };
    const committed = await commit(deps, {
      ...(same ? {} : { controls: [control], audit: [entryOf(control, by)] }),
      ...(recordAnswer ? { idempotency: recordAnswer(control) } : {}),
      expectedRevision,
    });
    return committed ? control : undefined;
  });
}

function entryOf(control: Control, by: ControlActor): EntryBody {
  const { id, target, reason, at } = control;
  const { actor, traceId } = by;
  return { type: 'control.stopped', at, actor, traceId, data: { controlId: id, target, reason } };
}

/**
 * Who is held to a list of actions holds back and lets go nothing but these and their undoing.
 * @throws AppError `action_not_permitted`
 */
export function assertOwnTarget({ actions }: ControlActor, target: ControlTarget): void {
  if (!actions) return;
  const own =
    target.kind === 'action' && actions.some((id) => [id, undoId(id)].includes(target.id));
  if (own) return;
  throw new AppError(
    'action_not_permitted',
    'This token stops and lifts only the actions of its list. Name one of these, or use a token without a list of actions.',
  );
}

async function checkedTarget(
  deps: ControlDeps,
  { kind, id }: StopOrder['target'],
  known: KnownTargets | undefined,
): Promise<ControlTarget> {
  if (kind === 'all') {
    if (id === undefined) return { kind };
    throw wrong('A stop of everything has no id. Leave it out, or name another kind.');
  }
  const name = id?.trim() ?? '';
  if (name === '' || name.length > MAX_ID) {
    throw wrong(`Say which ${kind} is to be stopped, in at most ${MAX_ID} characters.`);
  }
  switch (kind) {
    case 'requester':
      if (!namesSomebody(name)) throw wrong('A requester has a name that can be read.');
      break;
    case 'token':
      await assertToken(deps, name);
      break;
    case 'action':
      assertKnown('action', name, known?.actions);
      break;
    case 'connector':
      assertKnown('connector', name, known?.connectors);
      break;
  }
  return { kind, id: name };
}

function assertKnown(kind: string, name: string, known: readonly string[] | undefined): void {
  if (known === undefined || known.includes(name)) return;
  const near = nearMiss(name, known);
  throw wrong(
    near
      ? `There is no ${kind} "${name}". Did you mean ${near}?`
      : `There is no ${kind} "${name}". There are: ${known.join(', ')}.`,
  );
}

async function assertToken({ store }: ControlDeps, name: string): Promise<void> {
  const tokens = await store.tokens();
  if (tokens.some(({ id }) => id === name)) return;
  const named = tokens.find((token) => token.name.toLowerCase() === name.toLowerCase());
  const near =
    named?.id ??
    nearMiss(
      name,
      tokens.map(({ id }) => id),
    );
  throw wrong(
    near
      ? `There is no token "${name}". Did you mean ${near}?`
      : `There is no token "${name}". Tokens are named by their id; see: token list.`,
  );
}

function wrong(message: string): AppError {
  return new AppError('invalid_parameter', message, {}, [{ pointer: '/target/id', message }]);
}
