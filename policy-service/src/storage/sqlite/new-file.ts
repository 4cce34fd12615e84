import { closeSync, linkSync, openSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';

/**
 * Makes an empty file that its owner alone can read; a file that is there already stays as it is.
 * SQLite itself would let everybody read what it makes.
 *
 * The file gets its name only after its descriptor is closed. Closing ANY descriptor of a database
 * file drops every lock that the process holds on it, those of SQLite's connections in all of its
 * threads too; the next program that closes the database then takes itself for the last one, and
 * removes the write-ahead log that this process goes on writing to. So a file that may be in use is
 * never opened here, not even for a moment.
 */
export function makePrivateFile(file: string): void {
  const draft = `${file}.new-${randomBytes(6).toString('hex')}`;
  closeSync(openSync(draft, 'wx', 0o600));
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
