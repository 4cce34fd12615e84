import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isRunning, pause, startChild, waitUntilReady, type Child } from '../stack/child';

/** A server of ours that outlives the command which started it: its pid is kept in a file. */
export interface ServerProcess {
  name: string;
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  pidFile: string;
  logFile: string;
  /** A text of its command line, by which a reused pid is told apart. */
  mark: string;
  ready: () => Promise<boolean>;
}

const STOP_GRACE_MS = 10_000;

/** Starts it and waits until it is ready. @throws Error with the end of its log */
export async function startServer(server: ServerProcess): Promise<Child> {
  writeFileSync(server.logFile, '');
  const child = startChild(server);
  writeFileSync(server.pidFile, String(child.pid));
  await waitUntilReady(child, server.ready, 120_000);
  return child;
}

/** Ends the process of the pid file, and only if it is the one that was started. */
export async function stopServer(pidFile: string, mark: string): Promise<void> {
  const pid = pidOf(pidFile, mark);
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM');
    const giveUpAt = Date.now() + STOP_GRACE_MS;
    while (isAlive(pid)) {
      if (Date.now() > giveUpAt) process.kill(pid, 'SIGKILL');
      await pause(50);
    }
  }
  rmSync(pidFile, { force: true });
}

function pidOf(pidFile: string, mark: string): number | undefined {
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const commandLine = readProc(pid, 'cmdline')?.replaceAll('\0', ' ');
  return commandLine?.includes(mark) ? pid : undefined;
}

/** A zombie has ended: its files and its port are closed. */
function isAlive(pid: number): boolean {
  return isRunning(pid) && !/^State:\s*[ZX]/m.test(readProc(pid, 'status') ?? 'State: X');
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
