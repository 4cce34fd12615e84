import { parseArgs } from 'node:util';
import { positive } from '../options';

export const HELP = `usage: npm run bench:decide [-- OPTIONS]

Measures the decision core next to cedar-wasm and json-rules-engine with the same seven rules, and
the service's durable decisions over HTTP next to a Cerbos server, at 1 and 16 connections. All of
them must agree on the same checks before anything is timed. The peers are installed once into the
cache folder. Progress goes to standard error, the result to standard output.

  --only PART      core or http (default: both)
  --seconds N      length of one round of the service, in seconds (default 3)
  --rounds N       rounds of each measurement; their median counts (default 5)
  --short          one short round of each: shows that everything works, says nothing about speed
  --json           the result as JSON, with each round in it
  --help           this text`;

export type DecidePart = 'core' | 'http';

export interface DecideOptions {
  parts: DecidePart[];
  /** Length of a round of the service. */
  seconds: number;
  /** Length of a round of one engine. */
  milliseconds: number;
  rounds: number;
  json: boolean;
  help: boolean;
}

/** @throws Error with a sentence for an option that is unknown or has no usable value */
export function readOptions(args: string[]): DecideOptions {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '5' },
      short: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    parts: parts(values.only),
    seconds: values.short ? 1 : positive('seconds', values.seconds),
    milliseconds: values.short ? 100 : 1_000,
    rounds: values.short ? 1 : positive('rounds', values.rounds),
    json: values.json,
    help: values.help,
  };
}

function parts(only: string | undefined): DecidePart[] {
  if (only === undefined) return ['core', 'http'];
  if (only === 'core' || only === 'http') return [only];
  throw new Error(`--only is core or http, not "${only}".`);
}
