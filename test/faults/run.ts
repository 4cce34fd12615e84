import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultsBundle } from './bundle';
import { carryOut } from './carry-out';
import { Checks } from './checks';
import { Client, GivenUp } from './client';
import { endLeftBehind, Fleet, type Running } from './fleet';
import { Journal, type Progress, type Violation } from './journal';
import { Onlookers } from './onlookers';
import type { FaultOptions } from './options';
import { killPlan, operation, type KillPlan } from './schedule';

const PERSON = { email: 'approver@faults.example', password: 'a password for the faults run' };
const ROLES = 'finance_approver,operations_approver,reviewer,operator';
const SCOPES =
  'requests:propose,requests:decide,requests:execute,requests:read,audit:read,audit:write';
const CHECKPOINT_EVERY_MS = 700;
const PROGRESS_EVERY_MS = 10_000;

export interface Outcome {
  kills: number;
  requests: number;
  /** Requests under a permit that was neither reported nor has expired. */
  permitsOpen: number;
  violations: Violation[];
}

/** One run of the schedule, from its beginning or from where an earlier one was interrupted. */
export class Run {
  private readonly journal: Journal;
  private readonly progress: Progress;
  private readonly fleet: Fleet;
  private readonly onlookers: Onlookers;
  private readonly startedAt = performance.now();
  private client!: Client;
  private erpUrl = '';
  private checks!: Checks;
  private open = true;
  /** No operation is begun while everything settles. */
  private pausing = false;
  private underWay = 0;

  constructor(
    private readonly options: FaultOptions,
    private readonly say: (line: string) => void,
  ) {
    const { dir, resume, seed, kills } = options;
    if (!resume) mkdirSync(dir, { recursive: true });
    this.journal = new Journal(dir);
    const earlier = this.journal.progress();
    if (resume !== (earlier !== undefined)) {
      throw new Error(
        resume
          ? `There is no state.json in ${dir}.`
          : `${dir} holds an earlier run. Continue it with --resume, or name another folder.`,
      );
    }
    this.progress = earlier ?? {
      ...{ seed, target: kills ?? 200, kills: 0, plans: 0, operations: 0, elapsedMs: 0 },
      ...{ token: '', pids: [] },
    };
    if (kills !== undefined) this.progress.target = kills;
    endLeftBehind(this.progress.pids);
    const settings = {
      EXECUTION_LAYER_DATA_DIR: join(dir, 'data'),
      EXECUTION_LAYER_BUNDLE_DIR: join(dir, 'bundle'),
      EXECUTION_LAYER_PUBLIC_URL: 'http://service.example',
      EXECUTION_LAYER_LOG_LEVEL: 'error',
      EXECUTION_LAYER_PORT: '0',
      EXECUTION_LAYER_MOCK_ERP_PORT: '0',
      EXECUTION_LAYER_LEASE_SECONDS: '5',
      EXECUTION_LAYER_RATE_LIMIT: '10000000',
    };
    this.onlookers = new Onlookers(settings, this.journal, () => this.open);
    this.fleet = new Fleet(settings, join(dir, 'service.log'), (message) =>
      this.journal.violation({ rule: 'crash', message }),
    );
  }

  get seed(): number {
    return this.progress.seed;
  }

  async toTheEnd(): Promise<Outcome> {
    await this.prepare();
    const clients = Array.from({ length: this.options.clients }, () => this.keepAsking());
    const witnesses = [this.keepCheckpoints(), this.onlookers.watch()];
    const ticker = setInterval(() => this.tell(), PROGRESS_EVERY_MS);
    try {
      let checked = this.progress.kills;
      while (this.progress.kills < this.progress.target) {
        await this.kill(killPlan(this.seed, this.progress.plans));
        if (this.progress.kills - checked < this.options.checkEvery) continue;
        checked = this.progress.kills;
        await this.check(false);
      }
      await this.check(true);
      this.open = false;
      await Promise.all([...clients, ...witnesses]);
    } finally {
      clearInterval(ticker);
    }
    const { kills } = this.progress;
    const { requests, permitsOpen } = this.checks;
    return { kills, requests, permitsOpen, violations: this.journal.violations };
  }

  /** Ends every process; what is on the disk stays. */
  async stop(): Promise<void> {
    this.open = false;
    this.save();
    await this.fleet.stop();
  }

  private async prepare(): Promise<void> {
    const { fleet, progress } = this;
    this.erpUrl = await fleet.startErp();
    if (progress.token === '') {
      const bundle = faultsBundle();
      cpSync(bundle, join(this.options.dir, 'bundle'), { recursive: true });
      rmSync(bundle, { recursive: true });
      const person = ['--email', PERSON.email, '--name', 'Approver', '--roles', ROLES];
      fleet.command(['person', 'create', ...person, '--password-stdin'], PERSON.password);
      progress.token = fleet
        .command(['token', 'create', '--name', 'faults', '--scopes', SCOPES])
        .trim();
    }
    this.client = new Client(fleet, this.journal, progress.token, PERSON);
    this.checks = new Checks(fleet, this.journal, this.client, this.erpUrl);
    this.save();
  }

  /** Carries out one operation of the schedule after the other, for as long as the run lasts. */
  private async keepAsking(): Promise<void> {
    const { client, journal, seed } = this;
    while (this.open) {
      if (this.pausing) {
        await sleep(100);
        continue;
      }
      this.underWay += 1;
      const next = operation(seed, this.progress.operations++);
      try {
        await carryOut({ seed, client, journal }, next);
      } catch (error) {
        if (!(error instanceof GivenUp) && this.open) {
          const message = `Operation ${next.n}: ${(error as Error).stack}`;
          journal.violation({ rule: 'harness', message });
        }
      } finally {
        this.underWay -= 1;
      }
    }
  }

  /** Keeps signed heads of the log, as somebody outside would. */
  private async keepCheckpoints(): Promise<void> {
    while (this.open) {
      await sleep(CHECKPOINT_EVERY_MS);
      const { body, status } = await this.client
        .read('/v1/audit/checkpoint')
        .catch(() => ({ body: undefined, status: 0 }));
      if (status === 200) this.journal.checkpoint(body);
    }
  }

  private async kill(plan: KillPlan): Promise<void> {
    await fetch(`${this.erpUrl}/faults`, { method: 'DELETE' });
    for (const fault of plan.faults) {
      const headers = { 'content-type': 'application/json' };
      await fetch(`${this.erpUrl}/faults`, {
        method: 'POST',
        headers,
        body: JSON.stringify(fault),
      });
    }
    const { services } = this.fleet;
    let started: Running | undefined;
    while (services.length < plan.processes) started = this.fleet.startService();
    this.save();
    const newest = services.at(-1);
    const victim = plan.victims === 'oldest' ? services[0] : newest;
    if (!(plan.moment === 'starting' && started)) await victim?.listening;
    await sleep(plan.afterMs);
    const victims = plan.victims === 'all' ? [...services] : [victim];
    for (const one of victims) {
      if (!one || !services.includes(one)) continue;
      await this.fleet.kill(one);
      this.progress.kills += 1;
    }
    this.progress.plans += 1;
    this.save();
  }

  private async check(last: boolean): Promise<void> {
    this.pausing = true;
    await fetch(`${this.erpUrl}/faults`, { method: 'DELETE' });
    if (this.fleet.services.length === 0) this.fleet.startService();
    while (this.underWay > 0) await sleep(100);
    for (const violation of await this.checks.run(last)) this.report(violation);
    this.pausing = last;
    this.tell();
  }

  /** A violation lasts from check to check, and is told once. */
  private report(violation: Violation): void {
    if (this.journal.violations.some(({ message }) => message === violation.message)) return;
    this.journal.violation(violation);
    this.say(`VIOLATION ${violation.rule} ${violation.requestId ?? ''} ${violation.message}`);
  }

  private elapsedMs(): number {
    return this.progress.elapsedMs + performance.now() - this.startedAt;
  }

  private save(): void {
    const { fleet, journal, progress } = this;
    journal.saveProgress({ ...progress, elapsedMs: this.elapsedMs(), pids: fleet.pids() });
  }

  private tell(): void {
    const { kills, target, operations } = this.progress;
    const minutes = this.elapsedMs() / 60_000;
    const { answers, violations, leaves } = this.journal;
    this.say(
      `${kills} of ${target} kills, ${operations} operations, ${answers.size} answers and ${leaves.size} entries kept, ` +
        `${this.onlookers.looks} looks from outside, ${(kills / minutes).toFixed(0)} kills a minute, ${violations.length} violations`,
    );
  }
}
