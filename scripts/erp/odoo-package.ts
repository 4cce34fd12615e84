import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withInstallLock } from '../stack/install-lock';
import { cacheDir } from '../stack/paths';
import { withProgress, type Progress } from '../stack/progress';
import { runCommand } from './command';
import { CannotRunError } from './erp';

const DEB = /^odoo-19_.*\.deb$/;
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface OdooPackage {
  /** Folder that holds `odoo` as a Python package. */
  library: string;
  program: string;
  /** File name of the package, which carries its version. */
  version: string;
}

/**
 * Odoo 19 Community, unpacked but not installed. Debian 12 does not carry it, so the package comes
 * from Debian's unstable suite on the mirror that this machine's apt already uses, and is kept.
 * @throws CannotRunError when no mirror has it
 */
export async function ensureOdooPackage(progress: Progress): Promise<OdooPackage> {
  const dir = join(cacheDir(), 'erp', 'odoo-package');
  mkdirSync(dir, { recursive: true });
  return withInstallLock(join(dir, 'lock'), progress, async () => {
    const deb =
      findDeb(dir) ??
      (await withProgress(progress, 'downloading Odoo 19 (117 MB)', () => download(dir)));
    const root = join(dir, 'root');
    const stamp = join(dir, 'root.stamp');
    if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== deb) {
      rmSync(root, { recursive: true, force: true });
      mkdirSync(root);
      // Translations are most of its size and none of its use here.
      await runCommand('/bin/bash', [
        '-o',
        'pipefail',
        '-c',
        'dpkg-deb --fsys-tarfile "$0" | tar -x -C "$1" --exclude="*/i18n/*.po"',
        join(dir, deb),
        root,
      ]);
      writeFileSync(stamp, deb);
    }
    return {
      library: join(root, 'usr/lib/python3/dist-packages'),
      program: join(root, 'usr/bin/odoo'),
      version: deb,
    };
  });
}

function findDeb(dir: string): string | undefined {
  return readdirSync(dir)
    .filter((name) => DEB.test(name))
    .sort()
    .at(-1);
}

/** An apt of its own, so that the machine's package lists never see the unstable suite. */
async function download(dir: string): Promise<string> {
  const { uri, keyring } = await mirror();
  const apt = join(dir, 'apt');
  rmSync(apt, { recursive: true, force: true });
  for (const part of ['parts', 'lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(apt, part), { recursive: true });
  }
  writeFileSync(join(apt, 'parts', 'sid.list'), `deb [signed-by=${keyring}] ${uri} sid main\n`);
  const options = [
    'Dir::Etc::sourcelist=/dev/null',
    `Dir::Etc::sourceparts=${join(apt, 'parts')}`,
    `Dir::State::lists=${join(apt, 'lists')}`,
    `Dir::Cache=${join(apt, 'cache')}`,
    'Acquire::Languages=none',
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  try {
    await runCommand('apt-get', ['-qq', ...options, 'update']);
    await runCommand('apt-get', ['-qq', ...options, 'download', 'odoo-19'], { cwd: dir });
  } catch (error) {
    throw new CannotRunError(
      `Odoo 19 cannot be had from Debian's unstable suite. Put an odoo-19_*_all.deb into ${dir} by hand. ${(error as Error).message}`,
    );
  } finally {
    rmSync(apt, { recursive: true, force: true });
  }
  const deb = findDeb(dir);
  if (deb === undefined) throw new CannotRunError(`The download left no package in ${dir}.`);
  return deb;
}

/** The machine's own Debian mirror: the one that serves its release. */
async function mirror(): Promise<{ uri: string; keyring: string }> {
  const codename = /^VERSION_CODENAME=(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const targets = await runCommand('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI) $(CODENAME) $(COMPONENT)',
    'Identifier: Packages',
  ]);
  const uri = targets
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, name, component]) => name === codename && component === 'main')?.[0];
  if (uri === undefined || !existsSync(KEYRING)) {
    throw new CannotRunError('The apt sources of this machine name no Debian mirror.');
  }
  return { uri, keyring: KEYRING };
}
