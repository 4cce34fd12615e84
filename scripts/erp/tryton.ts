import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withProgress } from '../stack/progress';
import { runCommand } from './command';
import { ensureDebianPackages } from './debian-packages';
import type { RunningErp, UpOptions } from './erp';
import { startServer, stopServer } from './server-process';
import { TemplateStamp } from './template-stamp';

const PACKAGES = [
  'python3',
  'tryton-server',
  'tryton-proteus',
  ...[
    'company',
    'party',
    'product',
    'stock',
    'account',
    'account-product',
    'account-invoice',
    'account-payment',
    'account-payment-clearing',
    'purchase',
  ].map((name) => `tryton-modules-${name}`),
];
const MODULES = PACKAGES.filter((name) => name.startsWith('tryton-modules-')).map((name) =>
  name.slice('tryton-modules-'.length).replaceAll('-', '_'),
);
const SEED = join(__dirname, 'seed', 'tryton.py');
const DATABASE = 'tryton';
const PASSWORD = 'erp-local-pw';
/** Debian's own Python: the packages are only there. */
const PYTHON = ['-W', 'ignore'];

/** Brings up a freshly seeded Tryton 6.0 on SQLite, listening on the loopback interface alone. */
export async function upTryton({ dir, port, progress }: UpOptions): Promise<RunningErp> {
  await ensureDebianPackages(PACKAGES, progress);
  await downTryton(dir);
  const stamp = new TemplateStamp(dir, [
    readFileSync(SEED, 'utf8'),
    await runCommand('dpkg-query', ['-W', 'tryton-*']),
    // The seed opens this fiscal year and the next.
    String(new Date().getFullYear()),
  ]);
  if (!stamp.fits()) {
    await withProgress(progress, 'Tryton: building the seeded database', () => build(dir));
    stamp.write();
  }
  const database = join(dir, 'db');
  rmSync(database, { recursive: true, force: true });
  mkdirSync(database);
  copyFileSync(join(dir, 'template.sqlite'), join(database, `${DATABASE}.sqlite`));
  const config = configFile(dir);
  writeConfig(config, database, port);
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(dir, 'log');
  const child = await startServer({
    name: 'Tryton',
    command: '/usr/bin/python3',
    args: [...PYTHON, '/usr/bin/trytond', '-c', config, '-d', DATABASE],
    env: cleanEnvironment(dir),
    pidFile: pidFile(dir),
    logFile,
    mark: config,
    ready: () => answers(url),
  });
  return {
    erp: 'tryton',
    url,
    database: DATABASE,
    login: 'admin',
    password: PASSWORD,
    reader: { login: 'reader', password: PASSWORD },
    ids: JSON.parse(readFileSync(join(dir, 'seed.json'), 'utf8')) as Record<string, unknown>,
    dir,
    pid: child.pid,
    logFile,
  };
}

export function downTryton(dir: string): Promise<void> {
  return stopServer(pidFile(dir), configFile(dir));
}

async function build(dir: string): Promise<void> {
  const work = join(dir, 'build');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  const config = join(work, 'trytond.conf');
  writeConfig(config, work, 0);
  writeFileSync(join(work, `${DATABASE}.sqlite`), '');
  const passwordFile = join(work, 'password');
  writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
  const options = {
    env: { ...cleanEnvironment(dir), TRYTONPASSFILE: passwordFile },
    logFile: join(work, 'log'),
  };
  const python = (...args: string[]) =>
    runCommand('/usr/bin/python3', [...PYTHON, ...args], options);
  const admin = (...args: string[]) =>
    python('/usr/bin/trytond-admin', '-c', config, '-d', DATABASE, ...args);
  await admin('--all', '--email', 'admin@example.com', '-p');
  await admin('-u', ...MODULES, '--activate-dependencies');
  const ids = await python(SEED, `sqlite:///${DATABASE}`, config, PASSWORD);
  writeFileSync(join(dir, 'seed.json'), ids);
  renameSync(join(work, `${DATABASE}.sqlite`), join(dir, 'template.sqlite'));
  rmSync(work, { recursive: true, force: true });
}

function writeConfig(file: string, databaseDir: string, port: number): void {
  writeFileSync(
    file,
    `[database]
uri = sqlite://
path = ${databaseDir}
[web]
listen = 127.0.0.1:${port}
[email]
uri = smtp://127.0.0.1:1
`,
  );
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(`${url}/${DATABASE}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      id: 1,
      method: 'common.db.login',
      params: ['admin', { password: PASSWORD }, 'en'],
    }),
    signal: AbortSignal.timeout(10_000),
  });
  return response.ok && Array.isArray(((await response.json()) as { result?: unknown }).result);
}

/** Variables of the caller could win over the configuration file. */
function cleanEnvironment(dir: string): NodeJS.ProcessEnv {
  return { PATH: '/usr/bin:/bin', HOME: dir, LANG: 'C.UTF-8' };
}

function pidFile(dir: string): string {
  return join(dir, 'pid');
}
function configFile(dir: string): string {
  return join(dir, 'trytond.conf');
}
