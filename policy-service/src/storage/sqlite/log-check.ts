import type { Database, Statement } from 'better-sqlite3';
import type { LogCheck } from '../../application/ports';
import type { LogProblem } from '../../audit/check-entry';
import { CompactRange } from '../../audit/compact-range';

interface Row {
  positions: string;
  damage: string | null;
}

/** A compact range as it is stored. */
interface Position {
  size: number;
  range: string;
}

/** How far the log was verified, and what was found in it. */
export class LogCheckTable {
  private readonly select: Statement<[], Row>;
  private readonly selectDamage: Statement<[], string | null>;
  private readonly updatePositions: Statement<[string]>;
  private readonly updateDamage: Statement<[string | null]>;

  constructor(db: Database) {
    this.select = db.prepare('SELECT positions, damage FROM log_check');
    this.selectDamage = db.prepare<[], string | null>('SELECT damage FROM log_check').pluck();
    const upsert = (column: string): string =>
      `INSERT INTO log_check (only_row, ${column}) VALUES (1, ?)
       ON CONFLICT (only_row) DO UPDATE SET ${column} = excluded.${column}`;
    this.updatePositions = db.prepare<[string]>(upsert('positions'));
    this.updateDamage = db.prepare<[string | null]>(upsert('damage'));
  }

  /** What cannot be read any more was not verified. */
  read(): LogCheck {
    const { verified, round } = parse(this.select.get()?.positions) as Record<string, unknown>;
    const check: LogCheck = {};
    const [begun, again] = [rangeOf(verified), rangeOf(round)];
    if (begun) check.verified = begun;
    if (again) check.round = again;
    return check;
  }

  write({ verified, round }: LogCheck): void {
    const positions = { verified: positionOf(verified), round: positionOf(round) };
    this.updatePositions.run(JSON.stringify(positions));
  }

  /** A mark that cannot be read is a mark all the same. */
  damage(): LogProblem | undefined {
    const text = this.selectDamage.get();
    if (text === undefined || text === null) return undefined;
    const problem = parse(text) as Partial<LogProblem>;
    return typeof problem.code === 'string' && typeof problem.message === 'string'
      ? (problem as LogProblem)
      : {
          code: 'unreadable',
          message: 'The log was found damaged; what was found is not readable.',
        };
  }

  mark(damage: LogProblem | undefined): void {
    this.updateDamage.run(damage === undefined ? null : JSON.stringify(damage));
  }
}

function parse(text: unknown): object {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function positionOf(range: CompactRange | undefined): Position | undefined {
  return range && { size: range.size, range: range.serialise().toString('hex') };
}

function rangeOf(position: unknown): CompactRange | undefined {
  const { size, range } = (position ?? {}) as Partial<Position>;
  try {
    return CompactRange.parse(size as number, Buffer.from(range as string, 'hex'));
  } catch {
    return undefined;
  }
}
