import { setTimeout as sleep } from 'node:timers/promises';
import { PASSWORD, type Body, type Installation } from './installation';

const REQUESTER = 'requester@example.com';
const PAYMENT = { vendor_id: 'V-1001', amount: '50.00', currency: 'USD' };
const GRACE_MS = 60_000;

/** What the fixture holds: each story's request, with the state in which it was left. */
export interface Index {
  requests: Record<string, { id: string; state: string }>;
  tokens: Record<string, string>;
  /** When it was ended; deadlines run on from there. */
  madeAt: string;
  password: string;
}

/** Brings one request into each state that is ever stored, and leaves every kind of record behind. */
export async function tellStories(it: Installation): Promise<Index> {
  const bundle = it.bundle();
  await it.startErp();
  const tokens = createIdentities(it);
  it.useToken(tokens['all'] ?? '');
  await it.startService();
  const story = new Stories(it);

  await story.stepByStep();
  await story.decided();
  await story.voted();
  await story.written();
  await story.undone();
  await story.superseded(bundle);
  await story.stopped();
  await story.unreadable();
  await story.troubled();
  await story.interrupted();
  const requests = await story.index();
  await it.kill('serve');
  return { requests, tokens, madeAt: new Date().toISOString(), password: PASSWORD };
}

function createIdentities(it: Installation): Record<string, string> {
  for (const [email, roles] of Object.entries({
    'reviewer@example.com': 'reviewer',
    'finance@example.com': 'finance_approver,reviewer',
    'operator@example.com': 'operator,operations_approver',
    'owner@example.com': '',
  })) {
    const args = ['person', 'create', '--email', email, '--name', email.split('@')[0] ?? email];
    it.cli([...args, '--roles', roles, '--password-stdin'], PASSWORD);
  }
  const scopes =
    'requests:propose,requests:decide,requests:execute,requests:read,audit:write,audit:read,policies:write,controls:write';
  const token = (name: string, more: string[]): string =>
    it.cli(['token', 'create', '--name', name, '--scopes', scopes, ...more]);
  const tokens = {
    all: token('all', ['--owner', 'owner@example.com']),
    limited: token('limited', ['--actions', 'pay.keyed,vendor.read']),
    people: token('people', ['--acts-for', 'people']),
    revoked: token('revoked', []),
  };
  const listed = JSON.parse(it.cli(['token', 'list', '--json'])) as { id: string; name: string }[];
  it.cli(['token', 'revoke', listed.find(({ name }) => name === 'revoked')?.id ?? '']);
  return tokens;
}

class Stories {
  private readonly ids = new Map<string, string>();

  constructor(private readonly it: Installation) {}

  async index(): Promise<Index['requests']> {
    const requests: Index['requests'] = {};
    for (const [name, id] of this.ids) requests[name] = { id, state: await this.state(id) };
    return requests;
  }

  async stepByStep(): Promise<void> {
    await this.propose('extracted', 'Pay vendor V-1001 500 USD for INV-5001');
    const validated = await this.propose('validated', 'Increase SKU-1001 by 25 units in WH-01');
    await this.it.call(`/v1/requests/${validated}/validate`, {});
    const invalid = await this.propose('invalid', 'Pay 500 USD to nobody in particular');
    await this.it.call(`/v1/requests/${invalid}/validate`, {});
    const unread = await this.propose('invalid without action', 'Good morning');
    await this.it.call(`/v1/requests/${unread}/validate`, {});
    for (const [name, id] of this.ids) await this.expect(id, name.split(' ')[0] ?? name);
    await this.it.call(`/v1/requests/${invalid}/events`, {
      type: 'requester.told',
      message: 'The requester was told.',
      data: { channel: 'e-mail' },
    });
  }

  async decided(): Promise<void> {
    await this.tool('allowed', 'pay.keyed', { ...PAYMENT, document: 'q-1 ' });
    await this.tool('allowed with a share', 'pay.keyed', { ...PAYMENT, vendor_id: 'q-1 ' });
    await this.tool('blocked', 'vendor_payment.create', { ...PAYMENT, vendor_id: 'V-1002' });
    await this.tool('blocked unknown', 'warehouse.burn', {});
    await this.tool('recommended', 'journal_entry.post', {
      debit_account: '6100',
      credit_account: '2000',
      amount: '120.00',
      currency: 'USD',
    });
    const cancelled = await this.tool('cancelled', 'pay.search', {
      ...PAYMENT,
      amount: '200.00',
      document: 'C-1',
    });
    await this.it.call(`/v1/requests/${cancelled}/cancel`, { reason: 'No longer needed' });
    await this.expect(cancelled, 'cancelled');
    const expired = await this.tool('expired', 'pay.unique', PAYMENT);
    await this.until(expired, 'expired');
  }

  async voted(): Promise<void> {
    await this.ask('awaiting_approval', 'q-1 ');
    const half = await this.ask('awaiting_approval with one vote', 'Q-2');
    await this.vote('reviewer@example.com', half, 'approve');
    const waiting = await this.ask('awaiting_approval with a callback', 'Q-3');
    // Nobody listens there: the message stays in the outbox when the vote falls.
    await this.it.call(`/v1/requests/${waiting}/callbacks`, {
      resumeUrl: 'http://127.0.0.1:5678/webhook-waiting/1?signature=fixture',
    });
    await this.vote('reviewer@example.com', waiting, 'reject');
    this.rename('awaiting_approval with a callback', 'rejected');
    const approved = await this.ask('approved', 'Q-4');
    await this.vote('reviewer@example.com', approved, 'approve');
    await this.vote('finance@example.com', approved, 'approve');
    await this.expect(approved, 'approved');
    await this.tool('awaiting_approval of a contact', 'crm.contact.update', {
      contact_id: 'C-2001',
      field: 'email',
      value: 'new@example.com',
    });
  }

  async written(): Promise<void> {
    for (const action of ['pay.keyed', 'pay.once', 'pay.search']) {
      await this.tool(`executed ${action}`, action, { ...PAYMENT, document: 'D-1' }, true);
    }
    await this.tool('executed two steps', 'pay.twice', PAYMENT, true);
    await this.tool('executed read', 'vendor.read', { vendor_id: 'V-1001' }, true);
    await this.tool('failed', 'pay.once', { ...PAYMENT, vendor_id: 'V-9999' }, true);
    await this.it.erp('/faults', { kind: 'drop_after_commit', count: 1 });
    await this.tool('outcome_unknown', 'pay.once', PAYMENT, true);
    const permit = await this.tool('executing under a permit', 'portal.order', {
      item: 'Pallet',
      pieces: 3,
    });
    await this.it.call(`/v1/requests/${permit}/permits`, {});
    const reported = await this.tool('executed by report', 'portal.order', {
      item: 'Crate',
      pieces: 1,
    });
    const given = await this.it.call(`/v1/requests/${reported}/permits`, {});
    await this.it.call(`/v1/requests/${reported}/outcome`, {
      permit: given.permit,
      outcome: 'executed',
      erpReference: 'ORD-1',
    });
    for (const [name, state] of [
      ['failed', 'failed'],
      ['outcome_unknown', 'outcome_unknown'],
      ['executing under a permit', 'executing'],
      ['executed by report', 'executed'],
      ['executed two steps', 'executed'],
    ] as const) {
      await this.expect(this.id(name), state);
    }
  }

  async undone(): Promise<void> {
    const compensated = await this.tool(
      'compensated',
      'pay.search',
      { ...PAYMENT, document: 'U-1' },
      true,
    );
    const undo = await this.undo('executed undo', compensated);
    await this.it.call(`/v1/requests/${undo}/execute`, {});
    await this.expect(compensated, 'compensated');

    const failed = await this.tool('compensation_failed', 'pay.once', PAYMENT, true);
    const { execution } = await this.it.call(`/v1/requests/${failed}`);
    await this.it.erp(`/payments/${execution.erpReference}/reverse`, {});
    const refused = await this.undo('failed undo', failed);
    await this.it.call(`/v1/requests/${refused}/execute`, {});
    await this.expect(failed, 'compensation_failed');
  }

  /** A newer catalogue has another version of the action, so what was approved is no longer it. */
  async superseded(bundle: string): Promise<void> {
    const approved = await this.tool('superseded', 'customer.notify', {
      customer_id: 'CU-4001',
      template: 'order_delayed',
    });
    await this.vote('finance@example.com', approved, 'approve');
    await this.expect(approved, 'approved');
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
    await this.until(approved, 'superseded', () =>
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

  /** A reader that nobody answers. */
  async unreadable(): Promise<void> {
    await this.it.end('serve');
    await this.it.startService({
      ANTHROPIC_API_KEY: 'none',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
    });
    await this.propose('extraction_failed', 'Pay vendor V-1001 500 USD');
    await this.expect(this.id('extraction_failed'), 'extraction_failed');
    await this.it.end('serve');
    await this.it.startService();
  }

  /** The ERP cuts calls until nothing more is sent to it, and then works again. */
  async troubled(): Promise<void> {
    await this.it.erp('/faults', { kind: 'drop_before_commit', count: 5 });
    for (const amount of ['71.00', '72.00', '73.00', '74.00', '75.00']) {
      await this.tool(`outcome_unknown ${amount}`, 'pay.once', { ...PAYMENT, amount }, true);
    }
    const id = await this.tool('executed after trouble', 'pay.once', {
      ...PAYMENT,
      amount: '76.00',
    });
    await this.until(id, 'executed', () =>
      this.it.call(`/v1/requests/${id}/execute`, {}).catch(() => undefined),
    );
  }

  /** Killed while the ERP takes its time: nobody knows what became of it. */
  async interrupted(): Promise<void> {
    const original = await this.tool('compensating', 'pay.keyed', PAYMENT, true);
    const undo = await this.undo('executing undo', original);
    const open: string[] = [undo];
    for (const action of ['pay.keyed', 'pay.once', 'pay.search', 'pay.twice']) {
      open.push(await this.tool(`executing ${action}`, action, { ...PAYMENT, document: 'E-1' }));
    }
    await this.it.erp('/faults', { kind: 'delay', count: 50, delayMs: 60_000 });
    for (const id of open) {
      void this.it.call(`/v1/requests/${id}/execute`, {}).catch(() => undefined);
      await this.until(id, 'executing');
    }
    await this.expect(original, 'compensating');
  }

  private async propose(name: string, requestText: string): Promise<string> {
    const { id } = await this.it.call('/v1/requests', {
      source: 'fixture',
      requestedBy: REQUESTER,
      requestText,
      context: { note: name },
    });
    return this.remember(name, id);
  }

  private async tool(name: string, action: string, args: object, execute = false): Promise<string> {
    const { id } = await this.it.call(`/v1/tools/${action}`, {
      source: 'fixture',
      requestedBy: REQUESTER,
      arguments: args,
      execute,
    });
    return this.remember(name, id);
  }

  private async ask(name: string, document: string): Promise<string> {
    const id = await this.tool(name, 'pay.search', { ...PAYMENT, amount: '150.00', document });
    await this.expect(id, 'awaiting_approval');
    return id;
  }

  private async undo(name: string, id: string): Promise<string> {
    const answer = await this.it.call(`/v1/requests/${id}/compensate`, {
      reason: 'Paid by mistake',
      requestedBy: REQUESTER,
    });
    return this.remember(name, answer.id);
  }

  private async vote(email: string, requestId: string, vote: string): Promise<void> {
    const { approval } = await this.it.call(`/v1/requests/${requestId}`);
    const shown = await this.it.as(email, `/v1/approvals/${approval.id}`);
    await this.it.as(email, `/v1/approvals/${approval.id}/votes`, {
      vote,
      digest: shown.digest,
      comment: 'Looked at',
      ...(shown.evidence?.length > 0 ? { evidence: { contract_number: 'K-1' } } : {}),
    });
  }

  private async state(id: string): Promise<string> {
    return (await this.it.call(`/v1/requests/${id}`)).state as string;
  }

  private async expect(id: string, state: string): Promise<void> {
    const is = await this.state(id);
    if (is !== state) {
      const name = [...this.ids].find(([, one]) => one === id)?.[0];
      throw new Error(`"${name}" (${id}) is ${is} instead of ${state}`);
    }
  }

  private async until(id: string, state: string, again?: () => Promise<unknown>): Promise<void> {
    for (const end = Date.now() + GRACE_MS; (await this.state(id)) !== state; await sleep(200)) {
      if (Date.now() > end) await this.expect(id, state);
      await again?.();
    }
  }

  private remember(name: string, id: string): string {
    this.ids.set(name, id);
    return id;
  }

  private id(name: string): string {
    const id = this.ids.get(name);
    if (id === undefined) throw new Error(`no story ${name}`);
    return id;
  }

  private rename(from: string, to: string): void {
    this.ids.set(to, this.id(from));
    this.ids.delete(from);
  }
}
