import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CHILD = join(__dirname, 'decisions-child.ts');
const SEED = String(Date.now() % 2 ** 31);

/** The hash of 2,000 decisions, taken by a process of its own. */
async function decisionsIn(env: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--require', 'tsx/cjs', CHILD, SEED],
    { env: { ...process.env, ...env } },
  );
  return stdout;
}

test('processes in other time zones and languages take byte-identical decisions', async () => {
  const [here, there] = await Promise.all([
    decisionsIn({ TZ: 'Pacific/Auckland', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' }),
    decisionsIn({ TZ: 'America/St_Johns', LANG: 'ar_EG.UTF-8', LC_ALL: 'ar_EG.UTF-8' }),
  ]);
  expect(here).toMatch(/^[0-9a-f]{64}$/);
  expect(there).toBe(here);
});
