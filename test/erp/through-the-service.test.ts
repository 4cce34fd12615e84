import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ERP_NAMES } from '../../scripts/erp/erp';
import { cli, start } from '../service/cli/processes';
import { TestService, type Answer, type Body } from '../service/harness';
import { exampleBundle, hurriedBundle } from './support/bundle';
import { settingsOf } from './support/connector';
import { CuttingProxy } from './support/cutting-proxy';
import { CREATE_PAYMENT, PAID, recordsOf, TAKEN_BACK, type ErpRecords } from './support/documents';
import { describeErp } from './support/erps';

describe.each(ERP_NAMES)('%s', (name) => {
  describeErp(name, 'through the policy service, by HTTP', (erp) => {
    let service: TestService;
    let records: ErpRecords;
    const base = { EXECUTION_LAYER_BUNDLE_DIR: exampleBundle(name), ...settingsOf(erp) };
    const payment = { vendor_id: 'V-1001', amount: '125.50', currency: 'USD' };

    beforeAll(async () => {
      records = await recordsOf(erp);
      service = await TestService.start(base);
    });
    afterAll(() => service.stop());

    const stock = (quantity: number) =>
      service.tool(
        'inventory.adjust',
        { sku: 'SKU-1001', quantity, warehouse_id: 'WH-01' },
        { execute: true },
      );
    const pay = (values: object = {}) =>
      service.tool('vendor_payment.create', { ...payment, ...values }, { execute: true });
    const read = async (id: string): Promise<Body> =>
      (await service.call(`/v1/requests/${id}`)).body;

    async function approve(id: string): Promise<void> {
      const { approval } = await read(id);
      const { stages } = await service.approval(approval.id);
      for (const { role } of stages) {
        await service.newPerson(`${role}@example.com`, [role]);
        await service.vote(`${role}@example.com`, approval.id, 'approve');
      }
    }

    /** Asks for the undo, has it approved, and executes it. */
    async function undo(id: string): Promise<Answer> {
      const asked = await service.call(`/v1/requests/${id}/compensate`, { reason: 'By mistake' });
      expect(asked).toMatchObject({ status: 201, body: { state: 'awaiting_approval' } });
      await approve(asked.body.id);
      return service.execute(asked.body.id);
    }

    test('+25 and -10 units are in the ERP, and the undo takes the 25 out again', async () => {
      const before = await records.onHand('SKU-1001');
      const more = await stock(25);
      expect(more.body).toMatchObject({
        state: 'executed',
        execution: { erpReference: expect.any(String), result: { on_hand: before + 25 } },
      });
      expect((await stock(-10)).body).toMatchObject({ state: 'executed' });
      expect(await records.onHand('SKU-1001')).toBe(before + 15);
      expect(await records.changes(more.body.id)).toEqual(['done']);

      expect((await undo(more.body.id)).body).toMatchObject({ state: 'executed' });
      expect(await records.onHand('SKU-1001')).toBe(before - 10);
      expect(await read(more.body.id)).toMatchObject({ state: 'compensated' });
    });

    test('a payment is in the ERP, once for twenty calls, and the undo takes it back', async () => {
      const { body } = await service.tool('vendor_payment.create', payment);
      expect(body).toMatchObject({ state: 'allowed' });
      const all = await Promise.all(Array.from({ length: 20 }, () => service.execute(body.id)));
      expect(new Set(all.map((one) => one.body.execution?.erpReference)).size).toBe(1);
      expect(await records.payments(body.id)).toEqual([PAID[name]]);

      expect((await undo(body.id)).body).toMatchObject({ state: 'executed' });
      expect(await records.payments(body.id)).toEqual([TAKEN_BACK[name]]);
      expect(await read(body.id)).toMatchObject({ state: 'compensated' });
    });

    test('facts of the ERP decide', async () => {
      expect((await pay({ vendor_id: 'V-1002' })).body).toMatchObject({
        state: 'blocked',
        decision: { reasons: [{ ruleId: 'vendor-inactive' }] },
      });
      expect((await pay({ vendor_id: 'V-9999' })).body).toMatchObject({ state: 'invalid' });
      expect((await pay({ amount: '10000.01' })).body).toMatchObject({
        state: 'awaiting_approval',
      });
      expect((await stock(-500)).body).toMatchObject({
        state: 'blocked',
        decision: { reasons: [{ ruleId: 'more-than-there-is' }] },
      });
    });

    test('a contact is changed after an approval, and the undo brings the old address back', async () => {
      const before = await records.email('C-2001');
      const { body } = await service.tool('crm.contact.update', {
        contact_id: 'C-2001',
        field: 'email',
        value: 'fresh@example.com',
      });
      await approve(body.id);
      expect((await service.execute(body.id)).body).toMatchObject({ state: 'executed' });
      expect(await records.email('C-2001')).toBe('fresh@example.com');
      expect((await undo(body.id)).body).toMatchObject({ state: 'executed' });
      expect(await records.email('C-2001')).toBe(before);
    });

    test('a payment whose answer was lost is one payment', async () => {
      const proxy = await CuttingProxy.start(erp.url);
      const url = `${name.toUpperCase()}_URL`;
      const shaky = await TestService.start({ ...base, [url]: proxy.url });
      try {
        proxy.cutAfter(CREATE_PAYMENT[name]);
        const { body } = await shaky.tool('vendor_payment.create', payment, { execute: true });
        expect(proxy.cuts).toBe(1);
        expect(body).toMatchObject({ state: 'executed' });
        expect(await records.payments(body.id)).toEqual([PAID[name]]);
        const timeline = await shaky.timeline(body.id);
        expect(JSON.stringify(timeline)).toContain('"outcome":"unknown"');
      } finally {
        await shaky.stop();
        await proxy.stop();
      }
    });

    test('a service that is killed in the middle of a payment finishes it when it starts again', async () => {
      const proxy = await CuttingProxy.start(erp.url);
      const dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-killed-'));
      const settings = {
        ...base,
        EXECUTION_LAYER_BUNDLE_DIR: hurriedBundle(name),
        EXECUTION_LAYER_DATA_DIR: dataDir,
        EXECUTION_LAYER_PORT: '0',
        EXECUTION_LAYER_LEASE_SECONDS: '10',
      };
      const scopes = 'requests:propose,requests:decide,requests:execute,requests:read';
      const args = ['token', 'create', '--name', 'test', '--scopes', scopes];
      const token = cli(args, settings).stdout.trim();
      const call = (url: string, path: string, body?: object) =>
        fetch(`${url}${path}`, {
          method: body ? 'POST' : 'GET',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'idempotency-key': `key-${path}`,
          },
          body: body && JSON.stringify(body),
        });
      const first = await start(['serve'], {
        ...settings,
        [`${name.toUpperCase()}_URL`]: proxy.url,
      });
      const answer = await call(first.url, '/v1/tools/vendor_payment.create', {
        requestedBy: 'ana@example.com',
        arguments: payment,
      });
      const { id } = (await answer.json()) as { id: string };
      proxy.holdAfter(CREATE_PAYMENT[name]);
      const dying = call(first.url, `/v1/requests/${id}/execute`, {}).catch(() => undefined);
      while (proxy.cuts === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await first.stop('SIGKILL');
      await dying;
      const second = await start(['serve'], settings);
      try {
        let state = '';
        while (!['executed', 'failed'].includes(state)) {
          await new Promise((resolve) => setTimeout(resolve, 250));
          const seen = (await (await call(second.url, `/v1/requests/${id}`)).json()) as Body;
          state = seen.state;
        }
        expect(state).toBe('executed');
        expect(await records.payments(id)).toEqual([PAID[name]]);
      } finally {
        await second.stop();
        await proxy.stop();
      }
    });

    test('neither a credential nor a contact detail is in what the service keeps of its calls', async () => {
      const { body } = await pay();
      expect(body).toMatchObject({ state: 'executed' });
      const secrets = [erp.password, erp.apiKey].filter((secret) => secret !== undefined);
      const kept = readdirSync(service.dataDir)
        .filter((file) => file.startsWith('execution-layer.sqlite'))
        .map((file) => readFileSync(join(service.dataDir, file), 'latin1'))
        .join();
      for (const secret of secrets) expect(kept.includes(secret)).toBe(false);
      expect(kept).not.toContain('maria.lopez');
      expect(kept).not.toContain('Traceback');
    });
  });
});
