import { randomInt } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const HELP = `usage: npm run test:faults [-- OPTIONS]

Starts the real mock ERP and the real policy service, keeps requests running while the ERP
misbehaves, kills the service with SIGKILL again and again, and compares the ERP's own records
with ours. The last line is the result; exit code 0 only without a violation.

  --kills N        how often a service process is killed (default 200)
  --seed N         the schedule of an earlier run: the same requests, faults and kills in the same
                   order. Timings differ from run to run, so repeat it a few times (default: random)
  --check-every N  kills between two comparisons (default 50)
  --clients N      operations under way at once (default 12)
  --dir D          keep databases, log and state in this new folder (default: a temporary one,
                   which is kept when there is a violation)
  --resume FILE    go on with an interrupted run: its state.json; --kills may be larger now
  --help           this text`;

export interface FaultOptions {
  help: boolean;
  kills?: number;
  seed: number;
  checkEvery: number;
  clients: number;
  dir: string;
  /** Removed after a run without a violation. */
  temporary: boolean;
  resume: boolean;
}

/** @throws Error with a sentence for an option that is unknown or has no usable value */
export function readOptions(args: string[]): FaultOptions {
  const { values } = parseArgs({
    args,
    options: {
      kills: { type: 'string' },
      seed: { type: 'string' },
      'check-every': { type: 'string', default: '50' },
      clients: { type: 'string', default: '12' },
      dir: { type: 'string' },
      resume: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.resume !== undefined && (values.seed ?? values.dir) !== undefined) {
    throw new Error('--resume takes seed and folder from its file. Leave --seed and --dir out.');
  }
  const whole = (name: string, text: string): number => {
    if (!/^[1-9]\d{0,8}$/.test(text)) {
      throw new Error(`--${name} needs a whole number of at least 1, not "${text}".`);
    }
    return Number(text);
  };
  return {
    help: values.help,
    kills: values.kills === undefined ? undefined : whole('kills', values.kills),
    seed: values.seed === undefined ? randomInt(1, 1_000_000_000) : whole('seed', values.seed),
    checkEvery: whole('check-every', values['check-every']),
    clients: whole('clients', values.clients),
    dir: folder(values, values.help),
    temporary: values.dir === undefined && values.resume === undefined,
    resume: values.resume !== undefined,
  };
}

function folder({ resume, dir }: { resume?: string; dir?: string }, help: boolean): string {
  if (resume !== undefined) return dirname(resolve(resume));
  if (dir !== undefined) return resolve(dir);
  return help ? '' : mkdtempSync(join(tmpdir(), 'execution-layer-faults-'));
}
