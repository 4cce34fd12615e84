import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, succeeds } from './command';
import { CannotRunError } from './erp';

/** A private PostgreSQL cluster, listening on the loopback interface alone. */
export class PostgresCluster {
  private constructor(
    /** Where the cluster is kept. */
    readonly home: string,
    private readonly bin: string,
    private readonly password: string,
  ) {}

  /**
   * The cluster of an instance's folder: in it, or, where the postgres user cannot reach that (a
   * home that others may not enter), below that user's own home.
   */
  static async of(dir: string, password: string): Promise<PostgresCluster> {
    const root = '/usr/lib/postgresql';
    const versions = existsSync(root)
      ? readdirSync(root).sort((a, b) => Number(a) - Number(b))
      : [];
    const version = versions.at(-1);
    if (version === undefined) throw new CannotRunError('PostgreSQL is not installed.');
    const asRoot = process.getuid?.() === 0;
    const reachable =
      !asRoot || (await succeeds('runuser', ['-u', 'postgres', '--', 'test', '-x', dir]));
    const name = createHash('sha256').update(dir).digest('hex').slice(0, 12);
    const home = reachable ? join(dir, 'pg') : `/var/lib/postgresql/execution-layer-${name}`;
    return new PostgresCluster(home, join(root, version, 'bin'), password);
  }

  exists(): boolean {
    return existsSync(this.data);
  }

  /** An empty cluster with the superuser `odoo`. */
  async create(): Promise<void> {
    rmSync(this.home, { recursive: true, force: true });
    mkdirSync(this.home, { mode: 0o700 });
    const passwordFile = join(this.home, 'password');
    writeFileSync(passwordFile, this.password, { mode: 0o600 });
    if (process.getuid?.() === 0) await runCommand('chown', ['-R', 'postgres', this.home]);
    await this.asOwner(
      join(this.bin, 'initdb'),
      ...['-D', this.data, '-U', 'odoo', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
      ...['-E', 'UTF8', '--locale=C.UTF-8'],
    );
    // Nothing in a scratch cluster has to outlive a crash of the machine.
    const fast = ['fsync', 'synchronous_commit', 'full_page_writes'];
    appendFileSync(
      join(this.data, 'postgresql.conf'),
      fast.map((name) => `${name} = off\n`).join(''),
    );
  }

  async start(port: number): Promise<void> {
    const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;
    const log = join(this.home, 'log');
    await this.asOwner(
      ...[join(this.bin, 'pg_ctl'), '-D', this.data, '-w', '-t', '60', '-l', log],
      ...['start', '-o', options],
    );
  }

  async stop(): Promise<void> {
    if (!existsSync(join(this.data, 'postmaster.pid'))) return;
    // A cluster that a reboot ended left its pid file behind: there is nothing to stop then.
    await this.asOwner(
      ...[join(this.bin, 'pg_ctl'), '-D', this.data, '-m', 'fast', '-w', 'stop'],
    ).catch(() => undefined);
  }

  /** Runs statements, each in a transaction of its own. */
  async sql(port: number, ...statements: string[]): Promise<void> {
    await runCommand(
      join(this.bin, 'psql'),
      [
        ...['-qAtX', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(port)],
        ...['-U', 'odoo', '-d', 'postgres'],
        ...statements.flatMap((statement) => ['-c', statement]),
      ],
      { env: { PATH: '/usr/bin:/bin', PGPASSWORD: this.password } },
    );
  }

  private get data(): string {
    return join(this.home, 'data');
  }

  /** PostgreSQL refuses to run as root. */
  private async asOwner(command = '', ...args: string[]): Promise<void> {
    const prefix = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
    const [program = '', ...rest] = [...prefix, command, ...args];
    await runCommand('/bin/sh', ['-c', 'cd / && exec "$0" "$@" >/dev/null 2>&1', program, ...rest]);
  }
}
