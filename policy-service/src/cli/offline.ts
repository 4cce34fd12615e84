import pino from 'pino';
import type { Deps } from '../application/change/deps';
import { checkLog } from '../application/audit-log/log-check/check-log';
import { checkInPlace } from '../application/policies/sent-bundles';
import type { PolicyDeps } from '../application/policies/policy-deps';
import type { LogReader, Store } from '../application/ports';
import { bundleReader, openExistingStore, openStore, type StoreOptions } from '../compose';
import { readConfig, type Config } from '../config';
import { AppError } from '../domain/errors';
import { scryptPasswords } from '../system/passwords';
import { ServiceClock } from '../system/service-clock';
import { systemRandom } from '../system/random';
import { tableText } from './table';

/** What a command may use of the service: identities, policies and the log; it calls no ERP. */
export type OfflineDeps = Pick<Deps, 'store' | 'clock' | 'random' | 'passwords' | 'log'> &
  PolicyDeps;

/**
 * Opens the data directory for one command and closes it afterwards; a running service goes on.
 * @param check verifies what is new in the log, so that nothing is added to a damaged one
 */
export async function withStore<T>(
  work: (deps: OfflineDeps) => Promise<T>,
  open: (config: Config, options: StoreOptions) => Promise<Store> = openStore,
  check = true,
): Promise<T> {
  const config = readConfig(process.env);
  const clock = new ServiceClock();
  const store = await open(config, { clock });
  const log = pino({ level: 'warn' }, pino.destination(2));
  try {
    if (check) await checkLog({ store, clock, log }, { again: false });
    return await work({
      store,
      clock,
      random: systemRandom,
      passwords: scryptPasswords,
      log,
      sentBundles: checkInPlace(bundleReader(config, process.env, { log, clock })),
    });
  } finally {
    await store.close();
  }
}

/** As withStore, for commands that need a data directory: they never make one. */
export function withExistingStore<T>(work: (deps: OfflineDeps) => Promise<T>): Promise<T> {
  return withStore(work, openExistingStore);
}

/** As withExistingStore, for commands that look at the log as it is. */
export function withLog<T>(work: (log: LogReader) => Promise<T>): Promise<T> {
  return withStore(({ store }) => work(store.log), openExistingStore, false);
}

/** `a, b` as a list; empty entries are dropped. */
export function commaList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

/** The whole of standard input without its last line break. */
export async function readStdin(): Promise<string> {
  if (process.stdin.isTTY) {
    throw new AppError(
      'invalid_parameter',
      'Pipe the password in, for example: printf %s "$PASSWORD" | execution-layer ...',
    );
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

/** Rows under a header on standard output. */
export function printTable(header: string[], rows: string[][]): void {
  process.stdout.write(`${tableText(header, rows)}\n`);
}
