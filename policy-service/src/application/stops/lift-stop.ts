import type { Control } from '../../domain/stops/stop';
import { AppError } from '../../domain/errors';
import type { IdempotencyRecord, Store } from '../ports';
import { commit, retryConflicts } from '../change/change-request';
import { checkedReason } from '../change/checked-reason';
import { assertOwnTarget, type ControlActor, type ControlDeps } from './stop';

const PAGE = 200;

/**
 * Lifts a stop: what it held back may be executed again, unless another stop holds it too.
 * One that is lifted already is answered as it is.
 * @param recordAnswer makes the idempotency row that is committed with the lift
 * @throws AppError `not_found`; `invalid_parameter` for a missing reason
 */
export async function liftStop(
  deps: ControlDeps,
  by: ControlActor,
  id: string,
  reason: string,
  recordAnswer?: (control: Control) => IdempotencyRecord,
): Promise<Control> {
  const liftReason = checkedReason(reason, 'may go on');
  return retryConflicts(async () => {
    const expectedRevision = await deps.store.revision();
    const found = await findControl(deps.store, id);
    assertOwnTarget(by, found.target);
    const liftedAt = deps.clock.now().toISOString();
    const over = found.liftedAt !== undefined;
    if (over && !recordAnswer) return found;
    const control = over ? found : { ...found, liftedAt, liftedBy: by.actor.id, liftReason };
    const { actor, traceId } = by;
    const data = { controlId: id, target: found.target, reason: liftReason };
    const committed = await commit(deps, {
      ...(over
        ? {}
        : {
            controls: [control],
            audit: [{ type: 'control.lifted', at: liftedAt, actor, traceId, data }],
          }),
      ...(recordAnswer ? { idempotency: recordAnswer(control) } : {}),
      expectedRevision,
    });
    return committed ? control : undefined;
  });
}

/** @throws AppError `not_found` */
async function findControl(store: Store, id: string): Promise<Control> {
  for (let cursor: string | undefined; ;) {
    const page = await store.controls({ limit: PAGE, cursor });
    const found = page.items.find((one) => one.id === id);
    if (found) return found;
    if (page.nextCursor === undefined) break;
    cursor = page.nextCursor;
  }
  throw new AppError('not_found', `There is no stop ${id.slice(0, 64)}. List them first.`);
}
