import { statSync } from 'node:fs';
import { StorageUnavailable } from '../../application/ports';

/** Of each file of an open database: what its path leads to. */
const SUFFIXES = ['', '-wal', '-shm'] as const;

/**
 * Whether an open database still is what its path leads to. A file that was replaced, moved away or
 * removed goes on taking commits, and everything in them is gone with the process: so such a
 * database is given up for good, and only a new start looks again. Files are looked at by their
 * names alone: opening and closing one would drop the process's locks (see makePrivateFile).
 */
export class FilesInPlace {
  private readonly seen: readonly string[];
  private lost?: string;

  /** @param file as opened just now, in WAL mode, so that all of its files are there */
  constructor(private readonly file: string) {
    this.seen = SUFFIXES.map((suffix) => identityOf(`${file}${suffix}`));
  }

  /**
   * Cheap enough for each commit.
   * @throws StorageUnavailable from the moment on at which a file was seen to be another one
   */
  assert(): void {
    this.lost ??= this.look();
    if (this.lost !== undefined) throw new StorageUnavailable(this.lost);
  }

  private look(): string | undefined {
    const index = SUFFIXES.findIndex(
      (suffix, n) => identityOf(`${this.file}${suffix}`) !== this.seen[n],
    );
    if (index < 0) return undefined;
    return (
      `${this.file}${SUFFIXES[index]} was replaced, moved or removed while this process had it open. ` +
      'Nothing more is stored here. Put the database in order, with a backup if need be, and start the process again.'
    );
  }
}

/** Device and number of the file behind a path; `none` where there is none. */
export function identityOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}` : 'none';
}
