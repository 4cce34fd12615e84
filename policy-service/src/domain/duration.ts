const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86400 } as const;

/**
 * Seconds of a duration as rules write it: a whole number and s, m, h or d, for example `72h`.
 * @throws RangeError for anything else
 */
export function durationSeconds(text: string): number {
  const match = /^([1-9][0-9]{0,5})([smhd])$/.exec(text);
  if (!match) {
    throw new RangeError(`"${text}" is not a duration such as 30m, 72h or 7d`);
  }
  return Number(match[1]) * UNIT_SECONDS[match[2] as keyof typeof UNIT_SECONDS];
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** About how long, in the largest unit that fits: `3 days`, `1 hour`. */
export function durationInWords(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, size]) => ms >= size) ?? (['minute', 60_000] as const);
  const count = Math.max(1, Math.round(ms / unitMs));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
