import { parseArgs } from 'node:util';

export const HELP = `usage: npm run bench [-- OPTIONS]

Measures the policy service next to a bare Express route that stores one row per request, and
the pipeline in a real n8n next to an n8n workflow that does nothing. Everything is started for
the run, on free ports, and removed afterwards. Progress goes to standard error, the result to
standard output.

  --only PART      service or n8n (default: both)
  --seconds N      length of one round under load, in seconds (default 3)
  --rounds N       rounds of each measurement; their median counts (default 5)
  --json           the result as JSON, with each round in it
  --help           this text`;

export type Part = 'service' | 'n8n';

export interface BenchOptions {
  parts: Part[];
  seconds: number;
  rounds: number;
  json: boolean;
  help: boolean;
}

/** @throws Error with a sentence for an option that is unknown or has no usable value */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    parts: parts(values.only),
    seconds: positive('seconds', values.seconds),
    rounds: positive('rounds', values.rounds),
    json: values.json,
    help: values.help,
  };
}

function parts(only: string | undefined): Part[] {
  if (only === undefined) return ['service', 'n8n'];
  if (only === 'service' || only === 'n8n') return [only];
  throw new Error(`--only is service or n8n, not "${only}".`);
}

/** @throws Error with a sentence when it is no whole number from 1 to 9999 */
export function positive(name: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) {
    throw new Error(`--${name} needs a whole number of at least 1, not "${text}".`);
  }
  return Number(text);
}
