import type { FindResult, PerformInput, StepOutcome } from '../../application/ports';
import type { Json } from '../../domain/request/request';
import {
  advance,
  single,
  type DocumentFlow,
  type ErpDocument,
  type NextMove,
} from '../documents/advance';
import {
  amountOf,
  carriesReference,
  likeWithMemo,
  memoOf,
  referenceOf,
  textOf,
  withMemo,
} from '../documents/arguments';
import { isOfUndone, likeOfUndone, theUndone, undoneOf } from '../documents/undone';
import type { Operation } from '../documents/connector';
import { activeVendor } from '../documents/master-data';
import { Refused } from '../documents/outcomes';
import type { Walk } from '../documents/walk';
import type { OdooDefinition } from './definition';
import { externalIdOf, idOf, type OdooRecords } from './records';

const MODEL = 'account.payment';
/** Odoo 18 and later, and `posted` before. */
const POSTED = ['in_process', 'paid', 'posted'];
const CANCELLED = ['canceled', 'cancel'];

interface Payment extends ErpDocument {
  name: string;
  memo: string;
  amount: number;
  currency: number;
  partner: number;
}

/** Payments to vendors, posted. */
export class OdooPayments {
  constructor(
    private readonly records: OdooRecords,
    private readonly settings: OdooDefinition['payment'],
  ) {}

  readonly create: Operation = {
    // The external id makes a repeated creation harmless, at any time.
    traits: {
      reads: false,
      idempotency: 'A',
      findable: true,
      uniqueReference: true,
      reverse: 'payment_reverse',
    },
    perform: async (walk, input) => {
      const { arguments: values } = input;
      const code = textOf(values, 'currency');
      const currency = await this.records.currency(walk, code);
      const amount = amountOf(values, currency.digits);
      // Odoo keeps amounts as floating-point numbers: one that would come back changed is not sent.
      if (Number(amount).toFixed(currency.digits) !== amount) {
        throw new Refused(`Odoo cannot keep the amount ${amount} exactly.`);
      }
      const vendor = await activeVendor(this.records, walk, values);
      const journal = await this.records.paymentJournal(walk, this.settings.journal);
      const reference = referenceOf(input);
      const memoField = await this.memoField(walk);
      const flow: DocumentFlow<Payment> = {
        what: 'payment',
        find: () => this.withReference(walk, reference),
        createsOnce: true,
        create: async () => {
          await this.records.createOnce(walk, MODEL, externalIdOf(reference), {
            payment_type: 'Send',
            partner_type: 'Vendor',
            'partner_id/.id': String(vendor.id),
            amount,
            'currency_id/.id': String(currency.id),
            'journal_id/.id': String(journal),
            [memoField]: withMemo(reference, memoOf(values)),
          });
        },
        differs: async (payment) =>
          pays(payment, vendor.id, currency, amount)
            ? undefined
            : `The payment ${payment.name} carries this reference, but pays something else.`,
        next: (payment) => this.next(walk, payment),
        abandon: (payment) => this.cancel(walk, payment),
      };
      const payment = await advance(walk, flow);
      const { name, state } = payment;
      return {
        erpReference: name,
        result: { number: name, vendor_id: vendor.code, amount, currency: code, state },
      };
    },
    find: async (walk, input): Promise<FindResult> => {
      const find = () => this.withReference(walk, referenceOf(input));
      const payment = await single({ what: 'payment', find });
      if (!payment || CANCELLED.includes(payment.state)) return { found: 'none' };
      const { name, state } = payment;
      return POSTED.includes(state)
        ? { found: 'done', erpReference: name, result: { number: name, state } }
        : {
            found: 'partial',
            erpReference: name,
            message: `The payment ${name} is ${state} in Odoo.`,
          };
    },
  };

  /** Cancels the payment and with it its entry. */
  readonly reverse: Operation = {
    traits: { reads: false, idempotency: 'A', findable: false, uniqueReference: false },
    perform: async (walk, input: PerformInput): Promise<StepOutcome> => {
      const { arguments: values } = input;
      const currency = await this.records.currency(walk, textOf(values, 'currency'));
      const vendor = await this.records.party(walk, textOf(values, 'vendor_id'));
      // Never by its number: Odoo gives the number of a deleted payment to the next one.
      const payment = await this.written(walk, input);
      const { name } = payment;
      if (!pays(payment, vendor?.id, currency, amountOf(values, currency.digits))) {
        throw new Refused(
          `The payment ${name} was changed in Odoo: it pays another amount, currency or vendor than what was written. It is left alone.`,
        );
      }
      if (!CANCELLED.includes(payment.state) && !(await this.cancel(walk, payment))) {
        throw new Refused(`Odoo did not cancel the payment ${name}.`);
      }
      return { erpReference: name, result: { number: name, state: 'cancelled' } };
    },
  };

  /** The payment that is to be undone, by the reference that was written with it. @throws Refused */
  private async written(walk: Walk, input: PerformInput): Promise<Payment> {
    const field = await this.memoField(walk);
    const undone = undoneOf(input);
    const found = await this.payments(walk, [[field, '=like', likeOfUndone(undone)]]);
    const ours = found.filter(({ memo }) => isOfUndone(memo, undone));
    return theUndone('payment', 'Odoo', undone, ours);
  }

  private next(walk: Walk, { id, name, state }: Payment): NextMove {
    if (POSTED.includes(state)) return { finished: true };
    if (state !== 'draft') return { ended: `The payment ${name} is ${state} in Odoo.` };
    return {
      name: 'action_post',
      repeatable: true,
      press: async () => {
        await this.records.press(walk, MODEL, 'action_post', id);
        return undefined;
      },
    };
  }

  private async cancel(walk: Walk, { id }: Payment): Promise<boolean> {
    const lost = await walk.settled(() => this.records.press(walk, MODEL, 'action_cancel', id));
    const [after] = await this.payments(walk, [['id', '=', id]]);
    walk.readBack();
    if (lost && !CANCELLED.includes(after?.state ?? '')) throw lost;
    return after !== undefined && CANCELLED.includes(after.state);
  }

  private async withReference(walk: Walk, reference: string): Promise<Payment[]> {
    const field = await this.memoField(walk);
    const found = await this.payments(walk, [
      '|',
      [field, '=', reference],
      [field, '=like', likeWithMemo(reference)],
    ]);
    return found.filter(({ memo }) => carriesReference(memo, reference));
  }

  private async payments(walk: Walk, domain: Json[]): Promise<Payment[]> {
    const field = await this.memoField(walk);
    const fields = ['name', 'state', 'amount', 'partner_id', 'currency_id', field];
    const rows = await this.records.search(walk, MODEL, domain, fields);
    return rows.map((row) => ({
      id: Number(row['id']),
      state: String(row['state']),
      // A draft has no number yet.
      name: String(row['name'] || row['id']),
      memo: String(row[field] || ''),
      amount: Number(row['amount']),
      currency: idOf(row['currency_id']),
      partner: idOf(row['partner_id']),
    }));
  }

  /** `ref` up to Odoo 17. */
  private async memoField(walk: Walk): Promise<'memo' | 'ref'> {
    return (await this.records.has(walk, MODEL, 'memo')) ? 'memo' : 'ref';
  }
}

function pays(
  payment: Payment,
  partner: number | undefined,
  currency: { id: number; digits: number },
  amount: string,
): boolean {
  return (
    payment.partner === partner &&
    payment.currency === currency.id &&
    payment.amount.toFixed(currency.digits) === amount
  );
}
