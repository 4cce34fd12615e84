import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const BIN = resolve(__dirname, '../../policy-service/bin/execution-layer.js');

/** One process of the command line that listens somewhere. */
export interface Running {
  child: ChildProcess;
  /** Set as soon as it listens. */
  url?: string;
  /** Resolves with the address, or with undefined when it ended first. */
  listening: Promise<string | undefined>;
  killed: boolean;
}

/** The real processes of a run: the mock ERP, and one or two services on one data directory. */
export class Fleet {
  /** Services, oldest first. */
  readonly services: Running[] = [];
  private erp?: Running;
  private turn = 0;

  /**
   * @param settings of every process
   * @param logFile what the processes say
   * @param crashed told when a service ends that nobody killed
   */
  constructor(
    private readonly settings: Record<string, string>,
    private readonly logFile: string,
    private readonly crashed: (message: string) => void,
  ) {}

  /** Runs one command to its end. @throws Error when it fails */
  command(args: string[], input = ''): string {
    const run = spawnSync(process.execPath, [BIN, ...args], {
      env: { PATH: process.env['PATH'], ...this.settings },
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    if (run.status !== 0) throw new Error(`${args.join(' ')}: ${run.stderr}${run.stdout}`);
    return run.stdout;
  }

  async startErp(): Promise<string> {
    this.erp = this.start(['mock-erp'], () => undefined);
    const url = await this.erp.listening;
    if (url === undefined) throw new Error(`The mock ERP did not start, see ${this.logFile}.`);
    this.settings['EXECUTION_LAYER_MOCK_ERP_URL'] = url;
    return url;
  }

  startService(): Running {
    const service = this.start(['serve'], () => {
      const index = this.services.indexOf(service);
      if (index >= 0) this.services.splice(index, 1);
    });
    this.services.push(service);
    return service;
  }

  /** Kills at once, and resolves when the process is gone. */
  async kill(service: Running): Promise<void> {
    service.killed = true;
    if (service.child.exitCode !== null || service.child.signalCode !== null) return;
    const gone = new Promise((done) => service.child.once('exit', done));
    service.child.kill('SIGKILL');
    await gone;
  }

  /** A service that listens, in turn; undefined while there is none. */
  anyUrl(): string | undefined {
    const up = this.services.filter((one) => one.url !== undefined && !one.killed);
    this.turn += 1;
    return up[this.turn % up.length]?.url;
  }

  pids(): number[] {
    const all = [...this.services, ...(this.erp ? [this.erp] : [])];
    return all.flatMap(({ child }) => child.pid ?? []);
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    await Promise.all([...this.services].map((one) => this.kill(one)));
    if (this.erp) await this.kill(this.erp);
  }

  private start(args: string[], ended: () => void): Running {
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { PATH: process.env['PATH'], ...this.settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let tail = '';
    let listens: (url: string | undefined) => void;
    const running: Running = {
      child,
      killed: false,
      listening: new Promise((done) => (listens = done)),
    };
    const read = (chunk: Buffer): void => {
      tail = (tail + chunk.toString()).slice(-2_000);
      appendFileSync(this.logFile, chunk);
      if (running.url !== undefined) return;
      const url = /listens on (http:\S+)/.exec(tail)?.[1];
      if (url) listens((running.url = url));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code, signal) => {
      ended();
      listens(undefined);
      if (!running.killed) {
        this.crashed(`${args[0]} ended by itself (${code ?? signal}): ${tail.slice(-500)}`);
      }
    });
    return running;
  }
}

/** Ends processes that an interrupted run left behind; other processes with their ids are left alone. */
export function endLeftBehind(pids: number[]): void {
  for (const pid of pids) {
    const file = join('/proc', String(pid), 'cmdline');
    if (existsSync(file) && readFileSync(file, 'utf8').includes(BIN)) process.kill(pid, 'SIGKILL');
  }
}
