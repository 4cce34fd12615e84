import { durationSeconds } from '../domain/duration';
import type { Effect, Obligations } from '../domain/request/decision';
import { momentOf } from '../domain/moment';
import type { JsonObject } from '../domain/request/request';
import { compileSchema } from '../validation/json-schema';
import { CASES_FILE } from './case-format';
import type { BundleFile, BundleProblem } from './yaml-file';
import { lineFinder } from './yaml-lines';

/** One test case of a bundle (tests/*.yaml), defaults of its file filled in. */
export interface PolicyCase {
  name: string;
  /** Relative path and line, for messages. */
  where: string;
  request: {
    action: string;
    arguments: JsonObject;
    requestedBy: string;
    roles: string[];
    source: string;
    confidence: number;
    context: JsonObject;
  };
  /** Records by entity name; null: the ERP has no such record. */
  facts: Record<string, JsonObject | null>;
  now: Date;
  /** Limit id -> what others hold of it: a decimal for a sum, a whole number for a count. */
  used: Record<string, string>;
  expect: Expectation;
}

/** What must come out; members that are absent are not compared. */
export interface Expectation {
  effect: Effect | 'invalid';
  reasons?: string[];
  shadow?: string[];
  /** JSON pointers of the arguments that are wrong. */
  errors?: string[];
  obligations?: Partial<Obligations>;
}

interface Clock {
  now?: string;
  hour?: number;
  weekday?: string;
}
interface Common extends Clock {
  request?: Partial<PolicyCase['request']> & { channel?: string };
  facts?: PolicyCase['facts'];
}
interface CaseEntry extends Common {
  name: string;
  used?: Record<string, string>;
  expect: Omit<Expectation, 'obligations'> & {
    obligations?: Omit<Partial<Obligations>, 'expiresInSeconds'> & { expiresIn?: string };
  };
}

const checkCasesFile = compileSchema(CASES_FILE);

/** A Monday; cases run in UTC, so hour and weekday name a moment of this week. */
const MONDAY = Date.UTC(2026, 0, 5);
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const NOON = 12;
const HOUR_MS = 3_600_000;

/** Test cases of all files, defaults filled in; problems are added to the list. */
export function readCases(files: BundleFile[], problems: BundleProblem[]): PolicyCase[] {
  const cases = files.flatMap((file) => casesOf(file, problems));
  const seen = new Set<string>();
  for (const { name, where } of cases) {
    if (seen.has(name)) problems.push({ where, message: `two cases have the name "${name}"` });
    seen.add(name);
  }
  return cases;
}

function casesOf(file: BundleFile, problems: BundleProblem[]): PolicyCase[] {
  const lineOf = lineFinder(file.text);
  const at = (pointer: string): string => `${file.path}:${lineOf(pointer)}`;
  const errors = checkCasesFile(file.value);
  problems.push(...errors.map(({ pointer, message }) => ({ where: at(pointer), message })));
  if (errors.length > 0) return [];
  const { defaults = {}, cases } = file.value as { defaults?: Common; cases: CaseEntry[] };
  return cases.flatMap((entry, index) => {
    const where = at(`/cases/${index}`);
    const now = clockOf(hasClock(entry) ? entry : defaults);
    const request = { ...defaults.request, ...entry.request };
    const wrong =
      now === undefined
        ? 'now must be a moment such as 2026-11-18T10:00:00Z, and does not go together with hour or weekday'
        : request.action === undefined
          ? 'request.action is missing, and the defaults of the file name none'
          : undefined;
    if (now === undefined || request.action === undefined) {
      problems.push({ where, message: `${entry.name}: ${wrong}` });
      return [];
    }
    return [{ ...filled(entry, defaults, request.action), where, now }];
  });
}

function filled(
  entry: CaseEntry,
  defaults: Common,
  action: string,
): Omit<PolicyCase, 'where' | 'now'> {
  const { obligations, ...expected } = entry.expect;
  const { channel, ...request } = { ...defaults.request, ...entry.request };
  return {
    name: entry.name,
    request: {
      requestedBy: 'requester@example.com',
      roles: [],
      source: 'test',
      confidence: 1,
      ...request,
      action,
      // Arguments and records are joined member by member: a case names only what differs.
      arguments: withoutNulls({ ...defaults.request?.arguments, ...entry.request?.arguments }),
      context: { ...request.context, ...(channel === undefined ? {} : { channel }) },
    },
    facts: joinRecords(defaults.facts ?? {}, entry.facts ?? {}),
    used: entry.used ?? {},
    expect: { ...expected, ...(obligations ? { obligations: obligationsOf(obligations) } : {}) },
  };
}

/** null leaves an argument out that the defaults of the file name. */
function withoutNulls(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function joinRecords(base: PolicyCase['facts'], own: PolicyCase['facts']): PolicyCase['facts'] {
  const joined = { ...base };
  for (const [name, record] of Object.entries(own)) {
    joined[name] = record && { ...base[name], ...record };
  }
  return joined;
}

function obligationsOf({
  expiresIn,
  ...rest
}: NonNullable<CaseEntry['expect']['obligations']>): Partial<Obligations> {
  return { ...rest, ...(expiresIn ? { expiresInSeconds: durationSeconds(expiresIn) } : {}) };
}

function hasClock({ now, hour, weekday }: Clock): boolean {
  return now !== undefined || hour !== undefined || weekday !== undefined;
}

function clockOf({ now, hour, weekday }: Clock): Date | undefined {
  if (now === undefined) {
    const day = WEEKDAYS.indexOf(weekday ?? 'Wednesday');
    return new Date(MONDAY + (day * 24 + (hour ?? NOON)) * HOUR_MS);
  }
  const moment = momentOf(now);
  return moment !== undefined && hour === undefined && weekday === undefined
    ? new Date(moment)
    : undefined;
}
