import { ConfigError } from '../config';

/** Resolves at the first SIGINT or SIGTERM. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

/** Why nothing can listen as a sentence that says what to do; any other error as it is. */
export function portTaken(error: unknown, port: number, setting: string): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new ConfigError(
      `Port ${port} is taken. Stop what listens there, or choose another port with ${setting}.`,
    );
  }
  if (['ENOTFOUND', 'EADDRNOTAVAIL', 'EACCES'].includes(code ?? '')) {
    return new ConfigError(
      `Nothing can listen there (${code}). Check EXECUTION_LAYER_HOST and ${setting}.`,
    );
  }
  return error as Error;
}
