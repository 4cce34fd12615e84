import type { RunningErp } from '../../../scripts/erp/erp';

type Row = Record<string, unknown> & { id: number };

/** Reads Odoo without our connector, so that a test sees what is really there. */
export class OdooDirect {
  constructor(private readonly erp: RunningErp) {}

  async call(model: string, method: string, values: Record<string, unknown>): Promise<unknown> {
    const response = await fetch(`${this.erp.url}/json/2/${model}/${method}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `bearer ${this.erp.apiKey}`,
        'x-odoo-database': this.erp.database,
      },
      body: JSON.stringify(values),
    });
    const answer = (await response.json()) as { message?: string } | null;
    if (!response.ok) throw new Error(`${response.status} ${answer?.message}`);
    return answer;
  }

  async search(model: string, domain: unknown[], fields: string[]): Promise<Row[]> {
    const context = { active_test: false };
    return (await this.call(model, 'search_read', { domain, fields, context })) as Row[];
  }

  async onHand(sku: string, warehouse: number): Promise<{ onHand: number; free: number }> {
    const [row] = (await this.call('product.product', 'search_read', {
      domain: [['default_code', '=', sku]],
      fields: ['qty_available', 'free_qty'],
      context: { warehouse_id: warehouse },
    })) as Row[];
    return { onHand: Number(row?.['qty_available']), free: Number(row?.['free_qty']) };
  }
}
