import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../stack/ports';
import { withProgress } from '../stack/progress';
import { runCommand } from './command';
import { ensureDebianPackages } from './debian-packages';
import { CannotRunError, type RunningErp, type UpOptions } from './erp';
import { ensureOdooPackage, type OdooPackage } from './odoo-package';
import { PostgresCluster } from './postgres';
import { startServer, stopServer } from './server-process';
import { TemplateStamp } from './template-stamp';

/** What Odoo's package depends on, by the names that Debian 12 has for it. */
const PYTHON_LIBRARIES = [
  ...['asn1crypto', 'babel', 'cbor2', 'chardet', 'cryptography', 'dateutil', 'decorator'],
  ...['docutils', 'freezegun', 'geoip2', 'gevent', 'greenlet', 'idna', 'jinja2', 'libsass'],
  ...['lxml', 'magic', 'markupsafe', 'num2words', 'ofxparse', 'openpyxl', 'openssl', 'passlib'],
  ...['pil', 'polib', 'psutil', 'psycopg2', 'pypdf', 'pypdf2', 'qrcode', 'reportlab', 'requests'],
  ...['rjsmin', 'serial', 'setuptools', 'stdnum', 'tz', 'urllib3', 'usb', 'vobject', 'werkzeug'],
  ...['xlrd', 'xlsxwriter', 'xlwt', 'zeep'],
];
const PACKAGES = [
  'postgresql',
  'python3',
  'fonts-dejavu-core',
  ...PYTHON_LIBRARIES.map((name) => `python3-${name}`),
];
const MODULES = 'base,stock,account,purchase';
const SEED = join(__dirname, 'seed', 'odoo.py');
const DATABASE = 'odoo19';
const TEMPLATE = 'odoo19_template';
const PASSWORD = 'erp-local-pw';

interface Seed {
  apiKey: string;
  readerApiKey: string;
  ids: Record<string, unknown>;
}

/** Brings up a freshly seeded Odoo 19 Community with a PostgreSQL of its own, on loopback alone. */
export async function upOdoo({ dir, port, progress }: UpOptions): Promise<RunningErp> {
  await ensureDebianPackages(PACKAGES, progress);
  const odoo = await ensureOdooPackage(progress);
  await downOdoo(dir);
  const cluster = await PostgresCluster.of(dir, PASSWORD);
  const databasePort = await freePort();
  writeConfig(dir, { odoo, port, databasePort });
  const stamp = new TemplateStamp(dir, [readFileSync(SEED, 'utf8'), odoo.version, cluster.home]);
  if (stamp.fits() && cluster.exists()) {
    await cluster.start(databasePort);
  } else {
    await withProgress(progress, 'Odoo: building the seeded database', () =>
      build(dir, odoo, cluster, databasePort),
    );
    stamp.write();
  }
  await cluster.sql(
    databasePort,
    `drop database if exists ${DATABASE} with (force)`,
    `create database ${DATABASE} template ${TEMPLATE}`,
  );
  const seed = JSON.parse(readFileSync(join(dir, 'seed.json'), 'utf8')) as Seed;
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(dir, 'log');
  const child = await startServer({
    name: 'Odoo',
    command: '/usr/bin/python3',
    args: [...program(odoo), '-c', configFile(dir)],
    env: environment(dir, odoo),
    pidFile: pidFile(dir),
    logFile,
    mark: configFile(dir),
    ready: () => answers(url, seed.apiKey),
  });
  return {
    erp: 'odoo',
    url,
    database: DATABASE,
    login: 'connector',
    password: PASSWORD,
    apiKey: seed.apiKey,
    reader: { login: 'reader', password: PASSWORD, apiKey: seed.readerApiKey },
    ids: seed.ids,
    dir,
    pid: child.pid,
    logFile,
  };
}

export async function downOdoo(dir: string): Promise<void> {
  await stopServer(pidFile(dir), configFile(dir));
  await (await PostgresCluster.of(dir, PASSWORD)).stop();
}

async function build(
  dir: string,
  odoo: OdooPackage,
  cluster: PostgresCluster,
  databasePort: number,
): Promise<void> {
  rmSync(join(dir, 'data'), { recursive: true, force: true });
  const logFile = join(dir, 'build.log');
  writeFileSync(logFile, '');
  await cluster.create();
  await cluster.start(databasePort);
  await cluster.sql(databasePort, `create database ${DATABASE} template template0`);
  const options = { env: environment(dir, odoo), logFile };
  const run = (args: string[], input = '') =>
    runCommand('/usr/bin/python3', [...program(odoo), ...args], { ...options, input });
  try {
    await run(['-c', configFile(dir), '-i', MODULES, '--stop-after-init']);
  } catch (error) {
    // The unstable suite moves on: one day its Odoo needs more than this Debian has.
    throw new CannotRunError(`Odoo's package does not run here. ${(error as Error).message}`);
  }
  const output = await run(
    ['shell', '-c', configFile(dir), '--no-http'],
    readFileSync(SEED, 'utf8'),
  );
  const seed = /^SEED (.*)$/m.exec(output)?.[1];
  if (seed === undefined) throw new Error(`The seed of Odoo failed, see ${logFile}.`);
  writeFileSync(join(dir, 'seed.json'), seed, { mode: 0o600 });
  await cluster.sql(databasePort, `alter database ${DATABASE} rename to ${TEMPLATE}`);
}

function writeConfig(
  dir: string,
  { odoo, port, databasePort }: { odoo: OdooPackage; port: number; databasePort: number },
): void {
  writeFileSync(
    configFile(dir),
    `[options]
addons_path = ${odoo.library}/odoo/addons
data_dir = ${join(dir, 'data')}
db_host = 127.0.0.1
db_port = ${databasePort}
db_user = odoo
db_password = ${PASSWORD}
db_name = ${DATABASE}
dbfilter = ^${DATABASE}$
list_db = False
admin_passwd = ${PASSWORD}
http_interface = 127.0.0.1
http_port = ${port}
max_cron_threads = 0
workers = 0
without_demo = True
`,
    { mode: 0o600 },
  );
}

/** An authenticated call: the page that says "pass" answers before the database is ready. */
async function answers(url: string, apiKey: string): Promise<boolean> {
  const response = await fetch(`${url}/json/2/res.partner/search_count`, {
    method: 'POST',
    headers: {
      authorization: `bearer ${apiKey}`,
      'x-odoo-database': DATABASE,
      'content-type': 'application/json',
    },
    body: '{"domain":[]}',
    signal: AbortSignal.timeout(30_000),
  });
  return response.ok;
}

function program(odoo: OdooPackage): string[] {
  return ['-W', 'ignore', odoo.program];
}

/** Variables of the caller (PG*, ODOO_*) would win over the configuration file. */
function environment(dir: string, odoo: OdooPackage): NodeJS.ProcessEnv {
  return { PATH: '/usr/bin:/bin', HOME: dir, LANG: 'C.UTF-8', PYTHONPATH: odoo.library };
}

function pidFile(dir: string): string {
  return join(dir, 'pid');
}
function configFile(dir: string): string {
  return join(dir, 'odoo.conf');
}
