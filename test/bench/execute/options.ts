import { parseArgs } from 'node:util';
import { positive } from '../options';

export const HELP = `usage: npm run bench:execute [-- OPTIONS]

Measures executions next to direct calls of the same HTTP connector, which make the same lookups and
the same write without the layer, at 1 and 32 in flight. The mock ERP waits 20 ms before each write,
for both alike. Requests are decided beforehand; only POST /v1/requests/{id}/execute is timed. At 1
in flight the two commits of an execution are measured too, on a store of their own. Progress goes
to standard error, the result to standard output.

  --rounds N       rounds of each measurement; their median counts (default 5)
  --erp-dir DIR    where the mock ERP keeps its documents, for example a memory disk such as /dev/shm:
                   then only the service waits for the disk (default: the disk of the service)
  --short          one short round of each: shows that everything works, says nothing about speed
  --json           the result as JSON, with each round in it
  --help           this text`;

export interface ExecuteOptions {
  rounds: number;
  /** Executions in one round, by how many are in flight. */
  rows: { connections: number; calls: number }[];
  /** Folder for the folder of the mock ERP. */
  erpDir?: string;
  json: boolean;
  help: boolean;
}

/** @throws Error with a sentence for an option that is unknown or has no usable value */
export function readOptions(args: string[]): ExecuteOptions {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '5' },
      'erp-dir': { type: 'string' },
      short: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { short, json, help } = values;
  return {
    rounds: short ? 1 : positive('rounds', values.rounds),
    rows: [
      { connections: 1, calls: short ? 10 : 150 },
      { connections: 32, calls: short ? 64 : 800 },
    ],
    erpDir: values['erp-dir'],
    json,
    help,
  };
}
