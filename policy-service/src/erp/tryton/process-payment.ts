import type { Json, JsonObject } from '../../domain/request/request';
import { Contradiction } from '../documents/outcomes';
import type { Walk } from '../documents/walk';
import type { TrytonRecords } from './records';

const WIZARD = 'wizard.account.payment.process';

/**
 * Hands one approved payment on, which Tryton offers only as a wizard.
 * @returns a sentence when Tryton made no group for it
 * @throws Contradiction when the payment ended in another group than the one made here
 */
export async function processPayment(
  walk: Walk,
  records: TrytonRecords,
  id: number,
): Promise<string | undefined> {
  const context = await records.context(walk);
  const created = await walk.write({ model: WIZARD, method: 'create', params: [context] });
  const wizard = (created as Json[])[0] ?? null;
  const answer = await walk.write({
    model: WIZARD,
    method: 'execute',
    params: [
      wizard,
      {},
      'process',
      { ...context, active_model: 'account.payment', active_id: id, active_ids: [id] },
    ],
  });
  const groups = groupsOf(answer);
  // The wizard's own record; that it stays behind harms nothing.
  await walk
    .write({ model: WIZARD, method: 'delete', params: [wizard, context] })
    .catch(() => undefined);
  if (groups.length === 0) return `Tryton did not process the payment ${id}.`;
  const [payment] = await records.search(walk, 'account.payment', [['id', '=', id]], ['group']);
  if (groups.length > 1 || payment?.['group'] !== groups[0]) {
    throw new Contradiction(
      `The payment ${id} was processed twice: groups ${groups.join(', ')} and ${String(payment?.['group'])}.`,
    );
  }
  return undefined;
}

/** The ids of the groups that the wizard then shows: `{actions: [[action, {res_id: [1]}]]}`. */
function groupsOf(answer: Json): number[] {
  const actions = (answer as JsonObject | null)?.['actions'];
  if (!Array.isArray(actions)) return [];
  return actions.flatMap((action) => {
    const data = Array.isArray(action) ? action[1] : undefined;
    const ids = (data as JsonObject | undefined)?.['res_id'];
    return Array.isArray(ids) ? ids.map(Number) : [];
  });
}
