import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from './installation';

const REQUESTER = 'requester@example.com';
export const PAYMENT = { vendor_id: 'V-1001', amount: '50.00', currency: 'USD' };
const GRACE_MS = 60_000;

/** The state in which each story's request was left. */
export type Told = Record<string, { id: string; state: string }>;

/** What every story is told with: requests under names of their own. */
export class Storyteller {
  private readonly ids = new Map<string, string>();

  constructor(private readonly it: Installation) {}

  async index(): Promise<Told> {
    const requests: Told = {};
    for (const [name, id] of this.ids) requests[name] = { id, state: await this.state(id) };
    return requests;
  }

  async propose(name: string, requestText: string): Promise<string> {
    const { id } = await this.it.call('/v1/requests', {
      source: 'fixture',
      requestedBy: REQUESTER,
      requestText,
      context: { note: name },
    });
    return this.remember(name, id);
  }

  async tool(name: string, action: string, args: object, execute = false): Promise<string> {
    const { id } = await this.it.call(`/v1/tools/${action}`, {
      source: 'fixture',
      requestedBy: REQUESTER,
      arguments: args,
      execute,
    });
    return this.remember(name, id);
  }

  async ask(name: string, document: string): Promise<string> {
    const id = await this.tool(name, 'pay.search', { ...PAYMENT, amount: '150.00', document });
    await this.expect(id, 'awaiting_approval');
    return id;
  }

  async undo(name: string, id: string): Promise<string> {
    const answer = await this.it.call(`/v1/requests/${id}/compensate`, {
      reason: 'Paid by mistake',
      requestedBy: REQUESTER,
    });
    return this.remember(name, answer.id);
  }

  async vote(email: string, requestId: string, vote: string): Promise<void> {
    const { approval } = await this.it.call(`/v1/requests/${requestId}`);
    const shown = await this.it.as(email, `/v1/approvals/${approval.id}`);
    await this.it.as(email, `/v1/approvals/${approval.id}/votes`, {
      vote,
      digest: shown.digest,
      comment: 'Looked at',
      ...(shown.evidence?.length > 0 ? { evidence: { contract_number: 'K-1' } } : {}),
    });
  }

  async state(id: string): Promise<string> {
    return (await this.it.call(`/v1/requests/${id}`)).state as string;
  }

  async expect(id: string, state: string): Promise<void> {
    const is = await this.state(id);
    if (is !== state) {
      const name = [...this.ids].find(([, one]) => one === id)?.[0];
      throw new Error(`"${name}" (${id}) is ${is} instead of ${state}`);
    }
  }

  async until(id: string, state: string, again?: () => Promise<unknown>): Promise<void> {
    for (const end = Date.now() + GRACE_MS; (await this.state(id)) !== state; await sleep(200)) {
      if (Date.now() > end) await this.expect(id, state);
      await again?.();
    }
  }

  remember(name: string, id: string): string {
    this.ids.set(name, id);
    return id;
  }

  id(name: string): string {
    const id = this.ids.get(name);
    if (id === undefined) throw new Error(`no story ${name}`);
    return id;
  }

  rename(from: string, to: string): void {
    this.ids.set(to, this.id(from));
    this.ids.delete(from);
  }
}
