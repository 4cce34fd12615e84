import type http from 'node:http';
import { answers, cuts, ScriptedServer } from '../http-connector/harness';

type Params = unknown[];
/** What a method of the fake comes to: an answer in JSON, or a lost or broken one. */
export type Reply =
  | { result: unknown }
  | { error: unknown }
  | { status: number; body?: string; headers?: http.OutgoingHttpHeaders }
  | 'cut'
  | 'cut after the write';

interface Payment {
  id: number;
  description: string;
  state: string;
  amount: unknown;
  party: number;
  group: number | null;
}

const VENDOR = { id: 2, code: 'V-1001', name: 'Acme Supplies', active: true };

/** Only a search by id is narrowed; a test holds no payments of other requests. */
function asked([clause]: unknown[][]): (payment: Payment) => boolean {
  return ({ id }) => clause?.[0] !== 'id' || clause[2] === id;
}

/** As much of Tryton as a payment needs, with methods that a test makes misbehave. */
export class FakeTryton {
  payments: Payment[] = [];
  /** As from 6.4 on, where a payment is submitted before it is approved. */
  submits = false;
  /** Names of the methods that were called, in order. */
  readonly called: string[] = [];
  private readonly faults = new Map<string, (params: Params, times: number) => Reply | undefined>();
  private groups = 0;

  private constructor(private readonly server: ScriptedServer) {}

  static async start(): Promise<FakeTryton> {
    const fake = new FakeTryton(await ScriptedServer.start());
    fake.server.script((res, call, socket) => {
      const { id, method, params } = JSON.parse(call.body) as {
        id: number;
        method: string;
        params: Params;
      };
      fake.called.push(method);
      const times = fake.called.filter((name) => name === method).length;
      const fault = fake.faults.get(method)?.(params, times);
      if (fault === 'cut') return cuts(res, call, socket);
      if (fault === 'cut after the write') {
        fake.answer(method, params);
        return cuts(res, call, socket);
      }
      const reply = fault ?? fake.answer(method, params);
      if ('status' in reply)
        return answers(reply.status, reply.body ?? '', reply.headers)(res, call, socket);
      answers(200, { id, ...reply })(res, call, socket);
    });
    return fake;
  }

  get url(): string {
    return this.server.url;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** @param fault undefined lets the method do what it should */
  on(method: string, fault: (params: Params, times: number) => Reply | undefined): void {
    this.faults.set(method, fault);
  }

  count(method: string): number {
    return this.called.filter((name) => name === method).length;
  }

  /** Does what the method should. */
  answer(method: string, params: Params): { result: unknown } {
    return { result: this.result(method, params) };
  }

  private result(method: string, params: Params): unknown {
    const ids = params[0] as number[];
    const move = (from: string[], to: string) => {
      for (const payment of this.payments) {
        if (ids.includes(payment.id) && from.includes(payment.state)) payment.state = to;
      }
      return null;
    };
    switch (method) {
      case 'common.db.login':
        return [1, `key-${this.called.length}`];
      case 'model.res.user.get_preferences':
        return { company: 1 };
      case 'model.account.payment.journal.search_read':
        return [{ id: 1, name: 'Vendor payments', 'currency.': { code: 'USD', digits: 2 } }];
      case 'model.party.party.search_read':
        return [{ ...VENDOR, account_payable: 4 }];
      case 'model.account.payment.search_read':
        return this.payments.filter(asked(params[0] as unknown[][])).map((payment) => ({
          ...payment,
          'journal.': { 'currency.': { code: 'USD' } },
        }));
      case 'model.account.payment.create': {
        const [row] = params[0] as [Omit<Payment, 'id' | 'state' | 'group'>];
        const id = this.payments.length + 1;
        this.payments.push({ ...row, id, state: 'draft', group: null });
        return [id];
      }
      case 'model.account.payment.fields_get':
        return {
          state: { selection: [['draft', 'Draft'], ...(this.submits ? [['submitted', 'S']] : [])] },
        };
      case 'model.account.payment.submit':
        return move(['draft'], 'submitted');
      case 'model.account.payment.approve':
        return move([this.submits ? 'submitted' : 'draft'], 'approved');
      case 'model.account.payment.succeed':
        return move(['processing', 'failed'], 'succeeded');
      case 'model.account.payment.fail':
        return move(['processing', 'succeeded'], 'failed');
      case 'model.account.payment.draft':
        return move(['submitted', 'approved'], 'draft');
      case 'model.account.payment.delete':
        this.payments = this.payments.filter(({ id }) => !ids.includes(id));
        return null;
      case 'wizard.account.payment.process.create':
        return [7, 'start', 'end'];
      case 'wizard.account.payment.process.execute': {
        const { active_ids } = params[3] as { active_ids: number[] };
        this.groups += 1;
        for (const payment of this.payments) {
          if (active_ids.includes(payment.id)) {
            Object.assign(payment, { state: 'processing', group: this.groups });
          }
        }
        return { actions: [[{}, { res_id: [this.groups] }]] };
      }
      default:
        return null;
    }
  }
}
