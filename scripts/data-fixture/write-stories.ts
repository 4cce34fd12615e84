import type { Installation } from './installation';
import { PAYMENT, type Storyteller } from './storyteller';

/** Requests that were written, undone, cut short, or left in doubt. */
export class WriteStories {
  constructor(
    private readonly it: Installation,
    private readonly tell: Storyteller,
  ) {}

  async written(): Promise<void> {
    for (const action of ['pay.keyed', 'pay.once', 'pay.search']) {
      await this.tell.tool(`executed ${action}`, action, { ...PAYMENT, document: 'D-1' }, true);
    }
    await this.tell.tool('executed two steps', 'pay.twice', PAYMENT, true);
    await this.tell.tool('executed read', 'vendor.read', { vendor_id: 'V-1001' }, true);
    await this.tell.tool('failed', 'pay.once', { ...PAYMENT, vendor_id: 'V-9999' }, true);
    await this.it.erp('/faults', { kind: 'drop_after_commit', count: 1 });
    await this.tell.tool('outcome_unknown', 'pay.once', PAYMENT, true);
    const permit = await this.tell.tool('executing under a permit', 'portal.order', {
      item: 'Pallet',
      pieces: 3,
    });
    await this.it.call(`/v1/requests/${permit}/permits`, {});
    const reported = await this.tell.tool('executed by report', 'portal.order', {
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
      await this.tell.expect(this.tell.id(name), state);
    }
  }

  async undone(): Promise<void> {
    const compensated = await this.tell.tool(
      'compensated',
      'pay.search',
      { ...PAYMENT, document: 'U-1' },
      true,
    );
    const undo = await this.tell.undo('executed undo', compensated);
    await this.it.call(`/v1/requests/${undo}/execute`, {});
    await this.tell.expect(compensated, 'compensated');

    const failed = await this.tell.tool('compensation_failed', 'pay.once', PAYMENT, true);
    const { execution } = await this.it.call(`/v1/requests/${failed}`);
    await this.it.erp(`/payments/${execution.erpReference}/reverse`, {});
    const refused = await this.tell.undo('failed undo', failed);
    await this.it.call(`/v1/requests/${refused}/execute`, {});
    await this.tell.expect(failed, 'compensation_failed');
  }

  /** A reader that nobody answers. */
  async unreadable(): Promise<void> {
    await this.it.end('serve');
    await this.it.startService({
      ANTHROPIC_API_KEY: 'none',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
    });
    await this.tell.propose('extraction_failed', 'Pay vendor V-1001 500 USD');
    await this.tell.expect(this.tell.id('extraction_failed'), 'extraction_failed');
    await this.it.end('serve');
    await this.it.startService();
  }

  /** The ERP cuts calls until nothing more is sent to it, and then works again. */
  async troubled(): Promise<void> {
    await this.it.erp('/faults', { kind: 'drop_before_commit', count: 5 });
    for (const amount of ['71.00', '72.00', '73.00', '74.00', '75.00']) {
      await this.tell.tool(`outcome_unknown ${amount}`, 'pay.once', { ...PAYMENT, amount }, true);
    }
    const id = await this.tell.tool('executed after trouble', 'pay.once', {
      ...PAYMENT,
      amount: '76.00',
    });
    await this.tell.until(id, 'executed', () =>
      this.it.call(`/v1/requests/${id}/execute`, {}).catch(() => undefined),
    );
  }

  /** Killed while the ERP takes its time: nobody knows what became of it. */
  async interrupted(): Promise<void> {
    const original = await this.tell.tool('compensating', 'pay.keyed', PAYMENT, true);
    const undo = await this.tell.undo('executing undo', original);
    const open: string[] = [undo];
    for (const action of ['pay.keyed', 'pay.once', 'pay.search', 'pay.twice']) {
      open.push(
        await this.tell.tool(`executing ${action}`, action, { ...PAYMENT, document: 'E-1' }),
      );
    }
    await this.it.erp('/faults', { kind: 'delay', count: 50, delayMs: 60_000 });
    for (const id of open) {
      void this.it.call(`/v1/requests/${id}/execute`, {}).catch(() => undefined);
      await this.tell.until(id, 'executing');
    }
    await this.tell.expect(original, 'compensating');
  }
}
