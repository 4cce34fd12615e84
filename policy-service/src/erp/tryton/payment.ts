import { cutText } from '../../domain/request/storable';
import type { FindResult, PerformInput, StepOutcome } from '../../application/ports';
import type { Json, JsonObject } from '../../domain/request/request';
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
import type { Operation } from '../documents/connector';
import { activeVendor } from '../documents/master-data';
import { Exclusive } from '../documents/exclusive';
import { Refused } from '../documents/outcomes';
import { isOfUndone, undoneOf } from '../documents/undone';
import type { Walk } from '../documents/walk';
import { PAYMENT_GOALS, type PaymentGoal, type TrytonDefinition } from './definition';
import { processPayment } from './process-payment';
import type { TrytonRecords } from './records';
import { decimal } from './values';

const MODEL = 'account.payment';
/** `submitted` came with Tryton 6.4. */
const NOT_HANDED_ON = ['draft', 'submitted', 'approved'];

interface Payment extends ErpDocument {
  description: string;
  amount: string;
  currency: string;
  party: number;
}

/** Payments to vendors. A payment has no number in Tryton, so its id is its reference. */
export class TrytonPayments {
  /** Processing gathers every approved payment that it is given into a group of its own. */
  private readonly processing = new Exclusive();

  constructor(
    private readonly records: TrytonRecords,
    private readonly settings: TrytonDefinition['payment'],
  ) {}

  readonly create: Operation = {
    // Tryton takes a second payment with the same description.
    traits: {
      reads: false,
      idempotency: 'B',
      findable: true,
      uniqueReference: false,
      resumes: true,
      reverse: 'payment_reverse',
    },
    perform: async (walk, input) => {
      const { arguments: values } = input;
      const code = textOf(values, 'currency');
      const journal = await this.records.paymentJournal(walk, this.settings.journal, code);
      const amount = amountOf(values, journal.digits);
      const vendor = await activeVendor(this.records, walk, values);
      const account = await this.records.payableAccount(walk, vendor);
      const reference = referenceOf(input);
      const flow: DocumentFlow<Payment> = {
        what: 'payment',
        find: () => this.withReference(walk, reference),
        createsOnce: false,
        create: async () => {
          const company = (await this.records.context(walk))['company'] ?? null;
          await this.write(walk, 'create', [
            {
              company,
              journal: journal.id,
              kind: 'payable',
              party: vendor.id,
              account,
              amount: decimal(amount),
              description: withMemo(reference, memoOf(values)),
            },
          ]);
        },
        differs: async (payment) =>
          pays(payment, vendor.id, values, journal.digits)
            ? undefined
            : `The payment ${payment.id} carries this reference, but pays something else.`,
        next: (payment) => this.next(walk, payment),
        abandon: (payment) => this.remove(walk, payment),
      };
      const payment = await advance(walk, flow);
      return this.outcomeOf(payment, vendor.code, amount);
    },
    find: async (walk, input) => this.look(walk, input),
  };

  /** Deleted while nobody has it yet; failed once it was handed on, which takes its entry back. */
  readonly reverse: Operation = {
    // A repeat finds the payment reversed and does nothing.
    traits: { reads: false, idempotency: 'A', findable: true, uniqueReference: true },
    perform: async (walk, input) => {
      const { arguments: values } = input;
      const id = paymentId(values);
      const payment = await this.byId(walk, id);
      const reversed = (state: string) => reversedAs(id, state);
      if (!payment) return reversed('deleted');
      await this.assertWritten(walk, payment, input);
      const sentence = `Tryton did not take the payment ${id} back.`;
      if (NOT_HANDED_ON.includes(payment.state)) {
        if (await this.remove(walk, payment)) return reversed('deleted');
        throw new Refused(sentence);
      }
      const lost =
        payment.state === 'failed'
          ? undefined
          : await walk.settled(() => this.write(walk, 'fail', [id]));
      if ((await this.byId(walk, id))?.state === 'failed') return reversed('failed');
      walk.readBack();
      throw lost ?? new Refused(sentence);
    },
    find: async (walk, input) => {
      const id = paymentId(input.arguments);
      const payment = await this.byId(walk, id);
      if (payment) await this.assertWritten(walk, payment, input);
      const state = payment?.state ?? 'deleted';
      return state === 'deleted' || state === 'failed'
        ? { found: 'done', ...reversedAs(id, state) }
        : { found: 'none' };
    },
  };

  /** The number may be one that a person wrote. @throws Refused when it is of another payment */
  private async assertWritten(walk: Walk, payment: Payment, input: PerformInput): Promise<void> {
    const { arguments: values } = input;
    if (!isOfUndone(payment.description, undoneOf(input))) {
      throw new Refused(
        `The payment ${payment.id} does not carry the reference of the request that is undone; it is left alone.`,
      );
    }
    const code = textOf(values, 'currency');
    const { digits } = await this.records.paymentJournal(walk, this.settings.journal, code);
    const vendor = await this.records.party(walk, textOf(values, 'vendor_id'));
    if (!pays(payment, vendor?.id, values, digits)) {
      throw new Refused(`The payment ${payment.id} pays something else; it is left alone.`);
    }
  }

  private next(walk: Walk, { id, state }: Payment): NextMove {
    if (reached(state, this.settings.until)) return { finished: true };
    const press = (name: string): NextMove => ({
      name,
      repeatable: true,
      press: async () => {
        await this.write(walk, name, [id]);
        return undefined;
      },
    });
    switch (state) {
      case 'draft':
        return {
          name: 'submit or approve',
          repeatable: true,
          press: async () => {
            const submits = await this.records.hasState(walk, MODEL, 'submitted');
            await this.write(walk, submits ? 'submit' : 'approve', [id]);
            return undefined;
          },
        };
      case 'submitted':
        return press('approve');
      case 'approved':
        return {
          name: 'process',
          // A second processing while the first is under way makes a second group.
          repeatable: false,
          press: () =>
            this.processing.run(MODEL, async () => {
              // Whoever was before us in the line may have processed it.
              const now = await this.byId(walk, id);
              if (now?.state !== 'approved') return undefined;
              return processPayment(walk, this.records, id);
            }),
        };
      case 'processing':
        return press('succeed');
      default:
        return { ended: `The payment ${id} is ${state} in Tryton.` };
    }
  }

  private outcomeOf({ id, state, currency }: Payment, vendor: string, amount: string): StepOutcome {
    return {
      erpReference: String(id),
      result: { payment: id, vendor_id: vendor, amount, currency, state },
    };
  }

  private async look(walk: Walk, input: PerformInput): Promise<FindResult> {
    const find = () => this.withReference(walk, referenceOf(input));
    const payment = await single({ what: 'payment', find });
    if (!payment || payment.state === 'failed') return { found: 'none' };
    const { id, state, amount } = payment;
    if (!reached(state, this.settings.until)) {
      const message = `The payment ${id} is ${state} in Tryton.`;
      return { found: 'partial', erpReference: String(id), message };
    }
    const vendor = String(input.arguments['vendor_id'] ?? '');
    return { found: 'done', ...this.outcomeOf(payment, vendor, amount) };
  }

  /** Only a draft can be deleted. */
  private async remove(walk: Walk, { id, state }: Payment): Promise<boolean> {
    if (state !== 'draft') {
      await this.write(walk, 'draft', [id]);
      walk.holds = `the payment ${id}, perhaps as a draft`;
    }
    const lost = await walk.settled(() => this.write(walk, 'delete', [id]));
    const after = await this.byId(walk, id);
    walk.readBack();
    if (after === undefined) return true;
    if (lost) throw lost;
    return false;
  }

  private async withReference(walk: Walk, reference: string): Promise<Payment[]> {
    const found = await this.payments(walk, [
      'OR',
      ['description', '=', reference],
      ['description', 'like', likeWithMemo(reference)],
    ]);
    return found.filter(({ description }) => carriesReference(description, reference));
  }

  private async byId(walk: Walk, id: number): Promise<Payment | undefined> {
    return (await this.payments(walk, [['id', '=', id]])).at(0);
  }

  private async payments(walk: Walk, domain: Json[]): Promise<Payment[]> {
    const fields = ['description', 'state', 'amount', 'party', 'journal.currency.code'];
    const rows = await this.records.search(walk, MODEL, domain, fields);
    return rows.map((row) => ({
      id: Number(row['id']),
      state: String(row['state']),
      description: String(row['description'] ?? ''),
      amount: String(row['amount']),
      party: Number(row['party']),
      currency: String(row['journal.currency.code']),
    }));
  }

  private async write(walk: Walk, method: string, records: (number | JsonObject)[]) {
    const context = await this.records.context(walk);
    return walk.write({ model: MODEL, method, params: [records, context] });
  }
}

function pays(payment: Payment, party: number | undefined, values: JsonObject, digits: number) {
  return (
    payment.party === party &&
    payment.currency === values['currency'] &&
    amountOf({ amount: payment.amount }, digits) === amountOf(values, digits)
  );
}

/** @throws Refused: a number that no payment has would be taken for a payment that is gone */
function paymentId(values: JsonObject): number {
  const reference = textOf(values, 'erp_reference');
  if (/^[1-9][0-9]{0,14}$/.test(reference)) return Number(reference);
  throw new Refused(`"${cutText(reference, 40)}" is not the number of a payment in Tryton.`);
}

function reversedAs(id: number, state: string): StepOutcome {
  return { erpReference: String(id), result: { payment: id, state } };
}

function reached(state: string, goal: PaymentGoal): boolean {
  const index = PAYMENT_GOALS.findIndex((name) => name === state);
  return index >= PAYMENT_GOALS.indexOf(goal);
}
