import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, start, type Running } from '../cli/processes';
import { straceProblem } from './tools';

const problem = straceProblem();
if (problem !== undefined) {
  console.warn(`Skipped: the disk before the ERP and before the answer; ${problem}.`);
}
const tracedIt = problem === undefined ? it : it.skip;

let dataDir: string;
const running: Running[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'execution-layer-order-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop('SIGKILL')));
  rmSync(dataDir, { recursive: true, force: true });
});

/**
 * What a traced service did since it listened, in order: `w` bytes of a commit written, `f` forced
 * to the disk, `E` a write sent to the ERP, `A` an answer of success sent to the caller.
 */
function deedsIn(trace: string): string {
  const calls = readFileSync(trace, 'utf8').split('\n');
  const listens = calls.findIndex((call) => call.includes('Policy service listens'));
  expect(listens).toBeGreaterThanOrEqual(0);
  return calls
    .slice(listens)
    .map((call) => {
      if (/pwrite64\([^"]*\.sqlite-wal/.test(call)) return 'w';
      if (/(fdatasync|fsync)\([^"]*\.sqlite-wal/.test(call)) return 'f';
      if (/(write|writev|sendto|sendmsg)\(.*"POST \/stock-movements/.test(call)) return 'E';
      if (/(write|writev|sendto|sendmsg)\(.*"HTTP\/1\.1 20/.test(call)) return 'A';
      return '';
    })
    .join('');
}

tracedIt(
  'a commit is forced to the disk before the ERP hears of it, and before the answer',
  async () => {
    const settings: Record<string, string> = {
      EXECUTION_LAYER_DATA_DIR: dataDir,
      EXECUTION_LAYER_LOG_LEVEL: 'silent',
      EXECUTION_LAYER_PORT: '0',
      EXECUTION_LAYER_MOCK_ERP_PORT: '0',
    };
    const erp = await start(['mock-erp'], settings);
    running.push(erp);
    settings['EXECUTION_LAYER_MOCK_ERP_URL'] = erp.url;
    const scopes = 'requests:propose,requests:decide,requests:execute';
    const token = cli(
      ['token', 'create', '--name', 't', '--scopes', scopes],
      settings,
    ).stdout.trim();
    const trace = join(dataDir, 'trace');
    const watched = 'trace=write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync';
    const strace = ['strace', '-D', '-f', '-y', '-s', '60', '-e', watched, '-o', trace];
    const service = await start(['serve'], settings, strace);
    running.push(service);

    const post = async (path: string, body: object): Promise<{ id: string; state: string }> => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': 'once',
      };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      return (await (await fetch(`${service.url}${path}`, init)).json()) as never;
    };
    const { id, state } = await post('/v1/tools/inventory.adjust', {
      requestedBy: 'ana',
      arguments: { sku: 'SKU-1001', quantity: 1, warehouse_id: 'WH-01' },
    });
    expect(state).toBe('allowed');
    expect(await post(`/v1/requests/${id}/execute`, {})).toMatchObject({ state: 'executed' });
    await service.stop('SIGKILL');

    const deeds = deedsIn(trace);
    const decided = '(w+f+)+A';
    const executed = '(w+f+)+E(w+f+)+A';
    expect(deeds).toMatch(new RegExp(`^${decided}${executed}(w+f+)*$`));
  },
);
