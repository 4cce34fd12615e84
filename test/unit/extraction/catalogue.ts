import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Action } from '../../../policy-service/src/domain/catalogue/action';

const FOLDER = join(__dirname, '../../../policy-service/catalogue');

/** The shipped actions, as bundle loading reads them. */
export const ACTIONS: Action[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => parse(readFileSync(join(FOLDER, name), 'utf8')) as Action);

export function shipped(id: string): Action {
  const action = ACTIONS.find((one) => one.id === id);
  if (!action) throw new Error(`no action ${id}`);
  return action;
}
