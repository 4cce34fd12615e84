import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { withProgress, type Progress } from '../stack/progress';
import { runCommand } from './command';
import { CannotRunError } from './erp';

const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs the Debian packages that are missing, without starting their services.
 * @throws CannotRunError without apt, without root, or when a package is gone
 */
export async function ensureDebianPackages(names: string[], progress: Progress): Promise<void> {
  if (!existsSync('/usr/bin/apt-get')) {
    throw new CannotRunError('The ERPs are Debian packages and this machine has no apt-get.');
  }
  const missing = await missingOf(names);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new CannotRunError(
      `Run this once as root, so that it can install: ${missing.join(' ')}. Later runs need no root.`,
    );
  }
  await withProgress(progress, `installing ${missing.length} Debian packages`, () =>
    withoutServiceStarts(async () => {
      try {
        await install(missing);
      } catch {
        // The package lists may be older than the mirror.
        try {
          await runCommand('apt-get', ['-qq', 'update']);
          await install(missing);
        } catch (error) {
          throw new CannotRunError(
            `The Debian packages cannot be installed here. ${(error as Error).message}`,
          );
        }
      }
    }),
  );
}

async function missingOf(names: string[]): Promise<string[]> {
  const format = '${Package} ${db:Status-Status}\n';
  // dpkg-query fails when one of the names is unknown, and still lists the others.
  const known = await runCommand('/bin/sh', [
    '-c',
    'dpkg-query -W -f="$0" "$@" 2>/dev/null; true',
    format,
    ...names,
  ]);
  const installed = new Set(
    known
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name));
}

async function install(names: string[]): Promise<void> {
  const options = ['-o', 'Dpkg::Use-Pty=0', '-o', 'Dpkg::Options::=--force-confold'];
  await runCommand(
    'apt-get',
    ['-q', 'install', '-y', '--no-install-recommends', ...options, ...names],
    { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } },
  );
}

/** A machine's own policy is left as it is. */
async function withoutServiceStarts(work: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) return work();
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await work();
  } finally {
    rmSync(POLICY, { force: true });
  }
}
