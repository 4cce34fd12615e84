import type { RunningErp } from '../../../scripts/erp/erp';

type Row = Record<string, unknown> & { id: number };

/** Reads Tryton without our connector, so that a test sees what is really there. */
export class TrytonDirect {
  private constructor(
    private readonly url: string,
    private readonly header: string,
  ) {}

  static async signIn(erp: RunningErp): Promise<TrytonDirect> {
    const url = `${erp.url}/${erp.database}/`;
    const login = await post(url, {}, 'common.db.login', [
      erp.login,
      { password: erp.password },
      'en',
    ]);
    const [user, key] = login as [number, string];
    const session = Buffer.from(`${erp.login}:${user}:${key}`).toString('base64');
    return new TrytonDirect(url, `Session ${session}`);
  }

  call(method: string, ...params: unknown[]): Promise<unknown> {
    return post(this.url, { authorization: this.header }, method, params);
  }

  async search(model: string, domain: unknown[], fields: string[]): Promise<Row[]> {
    const context = { company: 1, active_test: false };
    const rows = await this.call(
      `model.${model}.search_read`,
      domain,
      0,
      100,
      null,
      fields,
      context,
    );
    return rows as Row[];
  }

  async onHand(sku: string, warehouse: number): Promise<number> {
    const rows = (await this.call(
      'model.product.product.search_read',
      [['code', '=', sku]],
      0,
      1,
      null,
      ['quantity'],
      { company: 1, locations: [warehouse] },
    )) as Row[];
    return Number(rows[0]?.['quantity']);
  }
}

async function post(
  url: string,
  headers: Record<string, string>,
  method: string,
  params: unknown[],
): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ id: 1, method, params }),
  });
  const answer = (await response.json()) as { result?: unknown; error?: unknown };
  if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
  return answer.result;
}
