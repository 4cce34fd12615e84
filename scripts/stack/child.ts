import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface ChildOptions {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Standard output and standard error are appended here. */
  logFile: string;
}

/** A started process. Plain data, so that another process can stop it too. */
export interface Child {
  name: string;
  pid: number;
  logFile: string;
}

/** What this process started and has not ended, for the case that it must end early. */
const running = new Set<Child>();

/** Starts a process in a group of its own: Ctrl-C reaches us alone, and we end the children in order. */
export function startChild(options: ChildOptions): Child {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  // A command that cannot be started is told by the missing pid below.
  child.on('error', () => undefined);
  child.unref();
  if (child.pid === undefined) throw new Error(`${options.name}: cannot start ${options.command}.`);
  const started = { name: options.name, pid: child.pid, logFile: options.logFile };
  running.add(started);
  return started;
}

/** Ends everything that this process started, at once. */
export function killAllChildren(): void {
  for (const child of running) killChild(child);
}

/** Whether the process still runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Asks the process to end, and ends its whole group when it has not within `graceMs`. */
export async function stopChild(child: Child, graceMs = 10_000): Promise<void> {
  signal(child.pid, 'SIGTERM');
  const giveUpAt = Date.now() + graceMs;
  while (isRunning(child.pid) && Date.now() < giveUpAt) await pause(50);
  killChild(child);
}

/** Ends the process and its group at once. */
export function killChild(child: Child): void {
  signal(-child.pid, 'SIGKILL');
  running.delete(child);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already, which is what was wanted.
  }
}

/** Last lines of the child's log, to be shown with an error. */
export function logTail(child: Child, lines = 15): string {
  return readFileSync(child.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/**
 * Polls until `ready` answers true.
 * @throws Error with the tail of the child's log when it ends first or takes longer than `timeoutMs`
 */
export async function waitUntilReady(
  child: Child,
  ready: () => Promise<boolean>,
  timeoutMs = 120_000,
): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  while (!(await ready().catch(() => false))) {
    const problem = !isRunning(child.pid)
      ? 'ended before it was ready'
      : Date.now() > giveUpAt
        ? `was not ready after ${Math.round(timeoutMs / 1000)} seconds`
        : undefined;
    if (problem) {
      throw new Error(`${child.name} ${problem}. End of ${child.logFile}:\n${logTail(child)}`);
    }
    await pause(150);
  }
}

/** Whether a GET of the URL answers 2xx. */
export async function answersOk(url: string): Promise<boolean> {
  return (await fetch(url, { signal: AbortSignal.timeout(10_000) })).ok;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
