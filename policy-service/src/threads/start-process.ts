import { fork } from 'node:child_process';
import type { Channel } from './channel';

/** What a process needs of the environment to run at all; secrets are not among it. */
const PASSED_ON = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'TZ', 'TMPDIR', 'TEMP', 'TMP'];

/**
 * Starts a process from a module of ours. Unlike a thread it cannot take the service with it,
 * whatever it does with its memory: a thread that asks for one large piece too much ends them all.
 * @param entry path of the module, with its ending
 * @param memoryMb largest heap
 */
export function startProcess(entry: string, memoryMb: number): Channel {
  // Run from its source, as tests do, a process has to learn TypeScript by itself.
  const typescript = entry.endsWith('.ts') ? ['--require', require.resolve('tsx/cjs')] : [];
  const child = fork(entry, [], {
    execArgv: [`--max-old-space-size=${memoryMb}`, ...typescript],
    env: Object.fromEntries(
      PASSED_ON.flatMap((name) => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    serialization: 'advanced',
    // It says nothing but by messages; what it writes when its memory is full helps nobody.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.unref();
  child.channel?.unref();
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    post: (message) => void child.send(message as object, () => undefined),
    onMessage: (hear) => void child.on('message', hear),
    onEnd: (hear) => {
      child.on('error', (error) => hear(error.message));
      child.on('exit', () => hear('The process has ended.'));
    },
    async end() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
