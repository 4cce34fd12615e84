import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  chmodSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { LogHead } from './application/ports';
import type { EntryBody } from './audit/entry';
import { databaseFile, openExistingStore } from './compose';
import type { Config } from './config';
import { REQUEST_STATES, isTerminal, targetsOf } from './domain/request/states';
import { openDatabase } from './storage/sqlite/connection';
import {
  copyDatabase,
  headOf,
  verifyDatabase,
  type CopyProgress,
} from './storage/sqlite/copy-database';
import { identityOf } from './storage/sqlite/files-in-place';
import { isSqliteError } from './storage/sqlite/failure';
import { markRestored } from './storage/sqlite/mark-restored';
import { makePrivateFile } from './storage/sqlite/new-file';
import { holdAlone, putInPlace, type HeldDatabase } from './storage/sqlite/replace-database';
import { ServiceClock } from './system/service-clock';

/** A backup that is not made or not taken; the message says why and what to do. */
export class BackupError extends Error {}

export interface BackupOptions {
  /** The keys of the data directory go with it: for checkpoints, and for sealed texts. */
  withKey: boolean;
  /** Who, as a claim. */
  by: string;
  onProgress?: CopyProgress;
}

export interface Backup extends LogHead {
  file: string;
  bytes: number;
  keyFile?: string;
  /** The key that opens what the database holds sealed; absent where there is none yet. */
  sealingKeyFile?: string;
}

const KEY = 'checkpoint-key.pem';
const SEALING_KEY = 'sealing-key';
const BUSY_MS = 5_000;

/** Names of the keys beside a backup. */
const keyOf = (file: string): string => `${file}.${KEY}`;
const sealingKeyOf = (file: string): string => `${file}.${SEALING_KEY}`;

/**
 * Copies the database while the service runs, verifies every entry of the copy's log, and records
 * it in the database that was copied. Either the whole verified copy is at its place, or nothing is.
 * @throws BackupError, ConfigError, StorageUnavailable
 */
export async function createBackup(
  config: Config,
  target: string,
  { withKey, by, onProgress }: BackupOptions,
): Promise<Backup> {
  const file = resolve(target);
  const keyFile = withKey ? keyOf(file) : undefined;
  // One that was never started by this version has none, and nothing sealed.
  const sealingKeyFile =
    withKey && existsSync(join(config.dataDir, SEALING_KEY)) ? sealingKeyOf(file) : undefined;
  for (const path of [file, keyFile, sealingKeyFile]) {
    if (path !== undefined && existsSync(path)) throw exists(path);
  }
  const clock = new ServiceClock();
  const store = await openExistingStore(config, { clock });
  const draft = `${file}.partial-${randomBytes(4).toString('hex')}`;
  try {
    makePrivateFile(draft);
    await copyDatabase(databaseFile(config), draft, onProgress);
    const { size, rootHash } = await verified(draft, NOT_COPIED);
    flush(draft);
    place(draft, file);
    try {
      if (keyFile !== undefined) copyKey(join(config.dataDir, KEY), keyFile);
      if (sealingKeyFile !== undefined) copyKey(join(config.dataDir, SEALING_KEY), sealingKeyFile);
      const data = { file: basename(file), size, rootHash, withKey };
      await store.commit({ audit: [entry('backup.created', clock.now(), by, data)] });
    } catch (error) {
      for (const path of [file, keyFile, sealingKeyFile])
        if (path !== undefined) rmSync(path, { force: true });
      throw error;
    }
    return {
      file,
      size,
      rootHash,
      bytes: statSync(file).size,
      ...(keyFile ? { keyFile } : {}),
      ...(sealingKeyFile ? { sealingKeyFile } : {}),
    };
  } catch (error) {
    throw asBackupError(error, `The backup was not made`);
  } finally {
    for (const suffix of ['', '-journal']) rmSync(`${draft}${suffix}`, { force: true });
    await store.close();
  }
}

export interface RestoreOptions extends BackupOptions {
  /** A database that is there is put aside. */
  replace: boolean;
}

export interface RestoredBackup extends LogHead {
  /** Where the database that was there before is kept. */
  keptAside?: string;
  /** Requests that may have gone further after the backup. */
  openRequests: number;
  /** Whether the key that signs checkpoints was taken from the backup. */
  key: boolean;
  /** Whether the key that opens sealed texts was taken from the backup. */
  sealingKey: boolean;
}

/**
 * Puts a verified backup in the place of the database. What was open in it is marked: it may have
 * been written after the backup, so it is not sent before it was looked for or confirmed.
 * @throws BackupError, StorageUnavailable while anybody uses the database
 */
export async function restoreBackup(
  config: Config,
  source: string,
  { withKey, by, onProgress, replace }: RestoreOptions,
): Promise<RestoredBackup> {
  const from = resolve(source);
  const file = databaseFile(config);
  if (!existsSync(from)) throw new BackupError(`There is no file ${from}.`);
  if (identityOf(from) === identityOf(file)) {
    throw new BackupError(`${from} is the database itself. Name a backup of it.`);
  }
  if (withKey && !existsSync(keyOf(from))) {
    throw new BackupError(
      `There is no key beside the backup (${keyOf(from)}). Leave --with-key out; the key of the data directory stays then.`,
    );
  }
  if (existsSync(file) && !replace) {
    throw new BackupError(
      `There is a database in ${config.dataDir} already. With --replace the backup takes its place, and it is kept aside.`,
    );
  }
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const at = new Date().toISOString();
  const suffix = `.before-restore-${at.replace(/[:.]/g, '-')}`;
  const held = existsSync(file) ? holdAlone(file) : undefined;
  const draft = `${file}.restoring-${randomBytes(4).toString('hex')}`;
  try {
    makePrivateFile(draft);
    await copyDatabase(from, draft, onProgress);
    // Refuses the schema of a newer version, and brings an older one up to this one.
    const db = await openDatabase(draft, BUSY_MS);
    let openRequests: number;
    let head: LogHead;
    try {
      head = await verified(draft, NOT_COPIED);
      openRequests = markRestored(db, {
        at,
        actor: { kind: 'cli', id: by },
        data: { file: basename(from), ...headData(head), replaced: await replacedHead(held) },
        open: REQUEST_STATES.filter((state) => !isTerminal(state) && state !== 'executed'),
        listed: REQUEST_STATES.filter((state) => WAITING.includes(state)),
      });
      head = await headOf(db);
    } finally {
      db.close();
    }
    flush(draft);
    const sealingKey = withKey && existsSync(sealingKeyOf(from));
    if (withKey) copyKey(keyOf(from), `${draft}.key`);
    if (sealingKey) copyKey(sealingKeyOf(from), `${draft}.sealing-key`);
    const keptAside = putInPlace(draft, file, suffix);
    if (withKey) takeKey(`${draft}.key`, join(config.dataDir, KEY), suffix);
    if (sealingKey) takeKey(`${draft}.sealing-key`, join(config.dataDir, SEALING_KEY), suffix);
    flushFolder(config.dataDir);
    return {
      ...headData(head),
      openRequests,
      key: withKey,
      sealingKey,
      ...(keptAside ? { keptAside } : {}),
    };
  } catch (error) {
    throw asBackupError(error, `Nothing was restored`);
  } finally {
    for (const rest of ['', '-wal', '-shm', '-journal', '.key', '.sealing-key'])
      rmSync(`${draft}${rest}`, { force: true });
    held?.release();
  }
}

/** Could be executed as they stand, or after votes that are lost. */
const WAITING = REQUEST_STATES.filter(
  (state) => targetsOf(state, 'execute').length > 0 || targetsOf(state, 'vote').length > 0,
);

function headData({ size, rootHash }: LogHead): LogHead {
  return { size, rootHash };
}

/** What the log of the replaced database ended with, as far as that can be read. */
async function replacedHead(
  held: HeldDatabase | undefined,
): Promise<LogHead | 'unreadable' | null> {
  if (!held) return null;
  try {
    return headData(await headOf(held.db));
  } catch {
    return 'unreadable';
  }
}

const USE_ANOTHER = 'Keep it as evidence, and use another backup.';
const NOT_COPIED =
  'There is no file: it is the log of the database that is damaged. See: execution-layer audit verify. Then restore a sound backup.';

/** @throws BackupError unless every entry and the head fit each other */
async function verified(file: string, advice = USE_ANOTHER): Promise<LogHead> {
  const { valid, problems, structure, size, rootHash } = await verifyDatabase(file);
  if (valid) return { size, rootHash };
  const first = structure ?? problems[0]?.message ?? '';
  throw new BackupError(`It does not verify: ${first} ${advice}`);
}

function entry(type: string, at: Date, by: string, data: Record<string, unknown>): EntryBody {
  return { type, at: at.toISOString(), actor: { kind: 'cli', id: by }, data };
}

/** @throws BackupError when somebody was faster */
function place(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? exists(file) : error;
  }
  flushFolder(dirname(file));
}

function copyKey(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_EXCL);
  chmodSync(to, 0o600);
}

function takeKey(from: string, to: string, suffix: string): void {
  if (existsSync(to)) renameSync(to, `${to}${suffix}`);
  renameSync(from, to);
}

/** Forces a file that nobody has open to the disk. */
function flush(path: string): void {
  const descriptor = openSync(path, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function flushFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function exists(path: string): BackupError {
  return new BackupError(`${path} exists already, and is not overwritten. Name another file.`);
}

function asBackupError(error: unknown, what: string): unknown {
  if (error instanceof BackupError) return new BackupError(`${what}. ${error.message}`);
  const system = error instanceof Error && 'code' in error && typeof error.code === 'string';
  return isSqliteError(error) || system
    ? new BackupError(`${what}: ${(error as Error).message}.`)
    : error;
}
