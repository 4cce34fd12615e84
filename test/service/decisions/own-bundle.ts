import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SHIPPED = resolve(__dirname, '../../../policy-service');

/**
 * A folder with the shipped catalogue and connectors and rules of a test's own.
 * @param changes catalogue file -> what replaces its text
 */
export function ownBundle(
  rules: string,
  changes: Record<string, (text: string) => string> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'execution-layer-own-bundle-'));
  for (const part of ['catalogue', 'connectors']) {
    cpSync(join(SHIPPED, part), join(folder, part), { recursive: true });
  }
  mkdirSync(join(folder, 'policies'));
  writeFileSync(join(folder, 'policies', 'own.yaml'), rules);
  for (const [file, change] of Object.entries(changes)) {
    const path = join(folder, 'catalogue', file);
    const before = readFileSync(path, 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`nothing to change in ${file}`);
    writeFileSync(path, after);
  }
  return folder;
}
