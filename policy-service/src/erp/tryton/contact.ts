import type { FindResult, PerformInput, StepOutcome } from '../../application/ports';
import type { Json, JsonObject } from '../../domain/request/request';
import { referenceOf, textOf } from '../documents/arguments';
import type { Operation } from '../documents/connector';
import { Contradiction, Refused } from '../documents/outcomes';
import { isOfUndone, undoneOf } from '../documents/undone';
import type { Walk } from '../documents/walk';
import type { TrytonRecords } from './records';
import { isTrue } from './values';

const MODEL = 'party.contact_mechanism';
/** What a contact has in Tryton that the action can change. */
const FIELDS = ['email', 'phone'];

interface Mechanism {
  id: number;
  party: number;
  value: string;
  active: boolean;
  comment: string;
}

/**
 * Contact details. The old one is kept, inactive, and the new one carries the reference and the id
 * of the old one in its comment: so it is found again, and the way back needs nothing from us.
 */
export class TrytonContacts {
  constructor(private readonly records: TrytonRecords) {}

  readonly update: Operation = {
    traits: {
      reads: false,
      idempotency: 'B',
      findable: true,
      uniqueReference: false,
      reverse: 'contact_restore',
    },
    perform: async (walk, input) => {
      const { arguments: values } = input;
      const code = textOf(values, 'contact_id');
      const field = textOf(values, 'field');
      const value = textOf(values, 'value');
      if (!FIELDS.includes(field)) {
        throw new Refused(`Tryton keeps no ${field} of a contact that could be changed here.`);
      }
      const party = await this.records.party(walk, code);
      if (!party) throw new Refused(`There is no contact ${code} in Tryton.`);
      const reference = referenceOf(input);
      const present = await this.withReference(walk, reference);
      if (present) return outcomeOf(present, code, field);
      const old = (
        await this.mechanisms(walk, [
          ['party', '=', party.id],
          ['type', '=', field],
          ['active', '=', true],
        ])
      ).at(0);
      const comment = `${reference}${REPLACES}${old?.id ?? NONE}`;
      const changes: Json[] = [['create', [{ type: field, value, comment }]]];
      if (old) changes.push(['write', [old.id], { active: false }]);
      const lost = await walk.settled(() => this.write(walk, party.id, changes));
      const written = await this.withReference(walk, reference);
      if (written) return outcomeOf(written, code, field);
      throw lost ?? new Contradiction('Tryton took the change, but does not show it.');
    },
    find: async (walk, input): Promise<FindResult> => {
      const present = await this.withReference(walk, referenceOf(input));
      if (!present) return { found: 'none' };
      const { arguments: values } = input;
      const outcome = outcomeOf(present, textOf(values, 'contact_id'), textOf(values, 'field'));
      return { found: 'done', ...outcome };
    },
  };

  readonly restore: Operation = {
    // A repeat finds the old detail restored and does nothing.
    traits: { reads: false, idempotency: 'A', findable: true, uniqueReference: true },
    perform: async (walk, input) => {
      const { arguments: values } = input;
      const { current, old } = await this.replacement(walk, input);
      if (isRestored(current, old)) return restoredAs(current, values);
      const { id, party } = current;
      if (!current.active) {
        throw new Refused(`The contact detail ${id} was changed again since, so it is left alone.`);
      }
      const changes: Json[] = [['write', [id], { active: false }]];
      if (old) changes.push(['write', [old.id], { active: true }]);
      const lost = await walk.settled(() => this.write(walk, party, changes));
      const after = await this.replacement(walk, input);
      if (isRestored(after.current, after.old)) return restoredAs(current, values);
      if (after.current.active) walk.readBack();
      throw lost ?? new Refused(`Tryton kept the contact detail ${id}.`);
    },
    find: async (walk, input): Promise<FindResult> => {
      const { current, old } = await this.replacement(walk, input);
      return isRestored(current, old)
        ? { found: 'done', ...restoredAs(current, input.arguments) }
        : { found: 'none' };
    },
  };

  /** The detail that a change wrote, and the one that it took the place of. */
  private async replacement(
    walk: Walk,
    input: PerformInput,
  ): Promise<{ current: Mechanism; old?: Mechanism }> {
    const id = Number(textOf(input.arguments, 'erp_reference'));
    const [current] = await this.mechanisms(walk, [['id', '=', id]]);
    const [, replaced] = current?.comment.split(REPLACES) ?? [];
    const ours = current !== undefined && isOfUndone(current.comment, undoneOf(input));
    if (!ours || replaced === undefined) {
      throw new Refused(`The contact detail ${id} is no longer as it was written.`);
    }
    if (replaced === NONE) return { current };
    const [old] = await this.mechanisms(walk, [['id', '=', Number(replaced)]]);
    return { current, old };
  }

  /** One call, so that the old detail ends and the new one begins together. */
  private async write(walk: Walk, party: number, changes: Json[]): Promise<void> {
    const context = await this.records.context(walk, { active_test: false });
    const params = [[party], { contact_mechanisms: changes }, context];
    await walk.write({ model: 'party.party', method: 'write', params });
  }

  private async withReference(walk: Walk, reference: string): Promise<Mechanism | undefined> {
    const found = await this.mechanisms(walk, [
      ['comment', 'like', `${reference.replace(/[\\%_]/g, '\\$&')}${REPLACES}%`],
    ]);
    if (found.length > 1) throw new Contradiction('Tryton holds this change more than once.');
    return found[0];
  }

  private async mechanisms(walk: Walk, domain: Json[]): Promise<Mechanism[]> {
    const fields = ['party', 'value', 'active', 'comment'];
    const rows = await this.records.search(walk, MODEL, domain, fields, { active_test: false });
    return rows.map((row) => ({
      id: Number(row['id']),
      party: Number(row['party']),
      value: String(row['value'] ?? ''),
      active: isTrue(row['active']),
      comment: String(row['comment'] ?? ''),
    }));
  }
}

const REPLACES = ' replaces ';
const NONE = 'none';

function isRestored(current: Mechanism, old: Mechanism | undefined): boolean {
  return !current.active && (old === undefined || old.active);
}

function restoredAs({ id }: Mechanism, values: JsonObject): StepOutcome {
  return { erpReference: String(id), result: { contact_id: textOf(values, 'contact_id') } };
}

function outcomeOf({ id }: Mechanism, contact: string, field: string): StepOutcome {
  return { erpReference: String(id), result: { contact_id: contact, field } };
}
