import { execFile, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string;
  /** Output of both kinds is appended here too. */
  logFile?: string;
}

const MAX_OUTPUT = 64 * 1024 * 1024;

/**
 * Runs a command to its end.
 * @returns its standard output
 * @throws Error with the end of what it printed when it exits with another code than 0
 */
export function runCommand(
  command: string,
  args: string[],
  options: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { cwd: options.cwd, env: options.env, maxBuffer: MAX_OUTPUT },
      (error, stdout, stderr) => {
        if (options.logFile) appendFileSync(options.logFile, `${stdout}${stderr}`);
        if (!error) return resolve(stdout);
        const tail = `${stdout}\n${stderr}`.trimEnd().split('\n').slice(-15).join('\n');
        reject(new Error(`${command} ${args[0] ?? ''} failed: ${tail || error.message}`));
      },
    );
    // A command that ends without reading its input has its own code to tell about it.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}

/** Whether a command ends with code 0; its output is dropped. */
export function succeeds(command: string, args: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
