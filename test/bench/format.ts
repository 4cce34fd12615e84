import { cpus, loadavg } from 'node:os';
import type { Spread } from './statistics';

/** Where a run was made: figures without it say nothing. */
export interface Machine {
  processors: number;
  model: string;
  node: string;
  /** Load average of the last minute when the run began: what others did on the machine. */
  loadBefore: number;
}

export function thisMachine(): Machine {
  return {
    processors: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    loadBefore: loadavg()[0] ?? 0,
  };
}

export function machineLine({ processors, model, node, loadBefore }: Machine): string {
  return (
    `${processors} processors (${model}), Node ${node}, ` +
    `load average ${loadBefore.toFixed(1)} before the run`
  );
}

/** `1.23 (1.11 to 1.40)` */
export function fraction({ median: middle, min, max }: Spread): string {
  return `${middle.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
}

/** `1234 (1111 to 1400)` */
export function whole({ median: middle, min, max }: Spread): string {
  return `${Math.round(middle)} (${Math.round(min)} to ${Math.round(max)})`;
}

/** Rows of cells as a text table; the first row is its head. */
export function columns(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
