import type { FindResult, PerformInput, StepOutcome } from '../../application/ports';
import type { Json, JsonObject } from '../../domain/request/request';
import { referenceOf, textOf } from '../documents/arguments';
import type { Operation } from '../documents/connector';
import { Contradiction, Refused } from '../documents/outcomes';
import { isOfUndone, likeOfUndone, theUndone, undoneOf } from '../documents/undone';
import type { Walk } from '../documents/walk';
import { escapeHtml, plainText } from './html';
import { externalIdOf, type OdooRecords, type Partner } from './records';

/** Field of the action -> field of a partner. */
const FIELDS: Record<string, string> = { email: 'email', phone: 'phone', address: 'street' };
const BEFORE = 'Before: ';

interface Change {
  partner: Partner;
  /** Name in Odoo. */
  field: string;
  value: string;
}

/** What a change left on the partner's page. */
interface Note {
  id: number;
  /** The reference of the change. */
  subject: string;
  partner: number;
  /** Value of the field before the change; empty for none. */
  before: string;
}

/**
 * Contact details. Before the write a note goes to the partner's page, under the reference and with
 * the value that was there: so a repeat is recognised, and the way back needs nothing from us.
 */
export class OdooContacts {
  constructor(private readonly records: OdooRecords) {}

  readonly update: Operation = {
    traits: {
      reads: false,
      idempotency: 'A',
      findable: true,
      uniqueReference: true,
      reverse: 'contact_restore',
    },
    perform: async (walk, input) => {
      const change = await this.changeOf(walk, input.arguments);
      const note = await this.noteOnce(walk, input, change);
      walk.holds = `the note ${note.id} of the change`;
      const present = currentOf(change);
      if (present !== change.value) {
        if (present !== note.before) {
          throw new Contradiction('The contact was changed by somebody else in the meantime.');
        }
        await this.write(walk, change, change.value);
        if ((await this.read(walk, change)) === note.before) {
          throw new Refused('Odoo took the change, but the contact stayed as it was.');
        }
      }
      return outcomeOf(note, input.arguments);
    },
    find: async (walk, input): Promise<FindResult> => {
      const note = await this.note(walk, [['subject', '=', referenceOf(input)]]);
      if (!note) return { found: 'none' };
      const { value, ...change } = await this.changeOf(walk, input.arguments);
      if (currentOf({ ...change, value }) === value) {
        return { found: 'done', ...outcomeOf(note, input.arguments) };
      }
      const message = `The change is noted on the contact (note ${note.id}), but not made.`;
      return { found: 'partial', erpReference: String(note.id), message };
    },
  };

  readonly restore: Operation = {
    traits: { reads: false, idempotency: 'A', findable: false, uniqueReference: false },
    perform: async (walk, input) => {
      const { arguments: values } = input;
      const undone = undoneOf(input);
      const change = await this.changeOf(walk, values);
      const found = await this.notes(walk, [['subject', '=like', likeOfUndone(undone)]]);
      const note = theUndone(
        'note of the change',
        'Odoo',
        undone,
        found.filter(
          ({ subject, partner }) => isOfUndone(subject, undone) && partner === change.partner.id,
        ),
      );
      const present = currentOf(change);
      if (present !== note.before) {
        if (present !== change.value) {
          throw new Refused('The contact was changed again since, so it is left alone.');
        }
        await this.write(walk, change, note.before);
        const after = await this.read(walk, change);
        if (after !== note.before) {
          if (after !== present) {
            throw new Contradiction('The contact was changed by somebody else in the meantime.');
          }
          walk.readBack();
          throw new Refused('Odoo took the change, but the contact stayed as it was.');
        }
      }
      return outcomeOf(note, values);
    },
  };

  private async changeOf(walk: Walk, values: JsonObject): Promise<Change> {
    const name = textOf(values, 'field');
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (field === undefined) {
      throw new Refused(`The ${name} of a contact cannot be changed in Odoo from here.`);
    }
    const code = textOf(values, 'contact_id');
    const partner = await this.records.party(walk, code, [field]);
    if (!partner) throw new Refused(`There is no contact ${code} in Odoo.`);
    return { partner, field, value: textOf(values, 'value') };
  }

  private async noteOnce(walk: Walk, input: PerformInput, change: Change): Promise<Note> {
    const reference = referenceOf(input);
    const domain = [['subject', '=', reference]];
    const present = await this.note(walk, domain);
    if (present) return present;
    const row = {
      model: 'res.partner',
      res_id: String(change.partner.id),
      subject: reference,
      body: `<p>${change.field}. ${BEFORE}${escapeHtml(currentOf(change))}</p>`,
      message_type: 'notification',
    };
    const create = () =>
      this.records.createOnce(walk, 'mail.message', externalIdOf(reference), row);
    if (await walk.settled(create)) await create();
    const note = await this.note(walk, domain);
    if (!note) throw new Contradiction('Odoo took the note of the change, but does not show it.');
    return note;
  }

  private async note(walk: Walk, domain: Json[]): Promise<Note | undefined> {
    const [note, ...more] = await this.notes(walk, domain);
    if (more.length > 0) throw new Contradiction('Odoo holds this change more than once.');
    return note;
  }

  private async notes(walk: Walk, domain: Json[]): Promise<Note[]> {
    const rows = await this.records.search(
      walk,
      'mail.message',
      [['model', '=', 'res.partner'], ...domain],
      ['res_id', 'subject', 'body'],
    );
    return rows.map((row) => {
      const [, before = ''] = plainText(String(row['body'])).split(BEFORE);
      return {
        id: Number(row['id']),
        subject: String(row['subject'] || ''),
        partner: Number(row['res_id']),
        before,
      };
    });
  }

  private async write(walk: Walk, { partner, field }: Change, value: string): Promise<void> {
    const params = { ids: [partner.id], vals: { [field]: value === '' ? false : value } };
    const write = () => walk.write({ model: 'res.partner', method: 'write', params });
    // Written twice it is the same.
    if (await walk.settled(write)) await write();
  }

  private async read(walk: Walk, { partner, field, value }: Change): Promise<string> {
    const now = await this.records.party(walk, partner.code, [field]);
    if (!now) throw new Contradiction(`The contact ${partner.code} is no longer in Odoo.`);
    return currentOf({ partner: now, field, value });
  }
}

/** Odoo reads an empty field as `false`. */
function currentOf({ partner, field }: Change): string {
  return String(partner.row[field] || '');
}

function outcomeOf({ id }: Note, values: JsonObject): StepOutcome {
  const { contact_id, field } = values;
  return {
    erpReference: String(id),
    result: { contact_id: contact_id ?? null, field: field ?? null },
  };
}
