import { ConfigError } from '../config';

/** Resolves at the first SIGINT or SIGTERM. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

/** A taken port as a sentence that says what to do; any other error as it is. */
export function portTaken(error: unknown, port: number, setting: string): Error {
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    return new ConfigError(
      `Port ${port} is taken. Stop what listens there, or choose another port with ${setting}.`,
    );
  }
  return error as Error;
}
