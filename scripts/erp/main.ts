import { parseArgs } from 'node:util';
import { bringDown, bringUp, DEFAULT_PORTS, defaultDir } from './bring-up';
import { CannotRunError, ERP_NAMES, type ErpName } from './erp';

const HELP = `usage: npm run erp -- up|down ${ERP_NAMES.join('|')} [--dir DIR] [--port N]

Brings up a real ERP on 127.0.0.1 from Debian packages, freshly seeded at each up, and prints
one line of JSON: where it listens, how to sign in, and the ids of its records. Needs Debian 12,
and root the first time, to install them.

  --dir DIR    where the instance is kept (default ${defaultDir('tryton')}, .../odoo);
               another folder with another port is a second instance
  --port N     port of the ERP (default Tryton ${DEFAULT_PORTS.tryton}, Odoo ${DEFAULT_PORTS.odoo})
  --help       this text

To remove an instance: down, then delete its folder. Where the folder cannot be entered by the
postgres user, Odoo's database is in /var/lib/postgresql/execution-layer-*. On a machine with
systemd the packaged servers would start at the next boot: systemctl disable tryton-server postgresql.`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      dir: { type: 'string' },
      port: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) return void process.stdout.write(`${HELP}\n`);
  const [command, name] = positionals;
  if ((command !== 'up' && command !== 'down') || !isErpName(name)) throw new Error(HELP);
  const dir = values.dir ?? defaultDir(name);
  if (command === 'down') return bringDown(name, dir, say);
  const port = Number(values.port ?? DEFAULT_PORTS[name]);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`--port: ${values.port} is not a port (1 to 65535).`);
  }
  process.stdout.write(`${JSON.stringify(await bringUp(name, dir, port, say))}\n`);
}

function isErpName(name: string | undefined): name is ErpName {
  return ERP_NAMES.some((known) => known === name);
}

main().catch((error: Error) => {
  say(error instanceof CannotRunError ? `Cannot run it here. ${error.message}` : error.message);
  process.exitCode = 1;
});
