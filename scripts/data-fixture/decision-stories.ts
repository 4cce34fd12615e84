import type { Body, Installation } from './installation';
import { PAYMENT, type Storyteller } from './storyteller';

/** Requests that were read, decided, voted on, superseded and stopped. */
export class DecisionStories {
  constructor(
    private readonly it: Installation,
    private readonly tell: Storyteller,
  ) {}

  async stepByStep(): Promise<void> {
    await this.tell.propose('extracted', 'Pay vendor V-1001 500 USD for INV-5001');
    const validated = await this.tell.propose(
      'validated',
      'Increase SKU-1001 by 25 units in WH-01',
    );
    await this.it.call(`/v1/requests/${validated}/validate`, {});
    const invalid = await this.tell.propose('invalid', 'Pay 500 USD to nobody in particular');
    await this.it.call(`/v1/requests/${invalid}/validate`, {});
    const unread = await this.tell.propose('invalid without action', 'Good morning');
    await this.it.call(`/v1/requests/${unread}/validate`, {});
    for (const [name, { id }] of Object.entries(await this.tell.index())) {
      await this.tell.expect(id, name.split(' ')[0] ?? name);
    }
    await this.it.call(`/v1/requests/${invalid}/events`, {
      type: 'requester.told',
      message: 'The requester was told.',
      data: { channel: 'e-mail' },
    });
  }

  async decided(): Promise<void> {
    await this.tell.tool('allowed', 'pay.keyed', { ...PAYMENT, document: 'q-1 ' });
    await this.tell.tool('allowed with a share', 'pay.keyed', { ...PAYMENT, vendor_id: 'q-1 ' });
    await this.tell.tool('blocked', 'vendor_payment.create', { ...PAYMENT, vendor_id: 'V-1002' });
    await this.tell.tool('blocked unknown', 'warehouse.burn', {});
    await this.tell.tool('recommended', 'journal_entry.post', {
      debit_account: '6100',
      credit_account: '2000',
      amount: '120.00',
      currency: 'USD',
    });
    const cancelled = await this.tell.tool('cancelled', 'pay.search', {
      ...PAYMENT,
      amount: '200.00',
      document: 'C-1',
    });
    await this.it.call(`/v1/requests/${cancelled}/cancel`, { reason: 'No longer needed' });
    await this.tell.expect(cancelled, 'cancelled');
    const expired = await this.tell.tool('expired', 'pay.unique', PAYMENT);
    await this.tell.until(expired, 'expired');
  }

  async voted(): Promise<void> {
    await this.tell.ask('awaiting_approval', 'q-1 ');
    const half = await this.tell.ask('awaiting_approval with one vote', 'Q-2');
    await this.tell.vote('reviewer@example.com', half, 'approve');
    const waiting = await this.tell.ask('awaiting_approval with a callback', 'Q-3');
    // Nobody listens there: the message stays in the outbox when the vote falls.
    await this.it.call(`/v1/requests/${waiting}/callbacks`, {
      resumeUrl: 'http://127.0.0.1:5678/webhook-waiting/1?signature=fixture',
    });
    await this.tell.vote('reviewer@example.com', waiting, 'reject');
    this.tell.rename('awaiting_approval with a callback', 'rejected');
    const approved = await this.tell.ask('approved', 'Q-4');
    await this.tell.vote('reviewer@example.com', approved, 'approve');
    await this.tell.vote('finance@example.com', approved, 'approve');
    await this.tell.expect(approved, 'approved');
    await this.tell.tool('awaiting_approval of a contact', 'crm.contact.update', {
      contact_id: 'C-2001',
      field: 'email',
      value: 'new@example.com',
    });
  }

  /** A newer catalogue has another version of the action, so what was approved is no longer it. */
  async superseded(bundle: string): Promise<void> {
    const approved = await this.tell.tool('superseded', 'customer.notify', {
      customer_id: 'CU-4001',
      template: 'order_delayed',
    });
    await this.tell.vote('finance@example.com', approved, 'approve');
    await this.tell.expect(approved, 'approved');
    this.it.reversion(bundle, 'customer.notify');
    this.it.cli([
      'policy',
      'activate',
      bundle,
      '--by',
      'owner@example.com',
      '--reason',
      'Version 2',
    ]);
    await this.tell.until(approved, 'superseded', () =>
      this.it.call(`/v1/requests/${approved}/execute`, {}).catch(() => undefined),
    );
  }

  async stopped(): Promise<void> {
    const listed = JSON.parse(this.it.cli(['token', 'list', '--json'])) as Body[];
    const token = listed.find(({ name }) => name === 'limited')?.id as string;
    const stop = (target: object): Promise<Body> =>
      this.it.call('/v1/controls', { target, reason: 'Looked into' });
    await stop({ kind: 'requester', id: 'Somebody@example.com' });
    await stop({ kind: 'token', id: token });
    await stop({ kind: 'action', id: 'ticket.route' });
    await stop({ kind: 'connector', id: 'erp-classes' });
    const all = await stop({ kind: 'all' });
    const { items } = await this.it.call('/v1/controls');
    for (const { id, target } of items as Body[]) {
      if (id === all.id || target.kind === 'connector') {
        await this.it.call(`/v1/controls/${id}/lift`, { reason: 'Settled' });
      }
    }
  }
}
