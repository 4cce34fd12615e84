export interface LocalTime {
  /** 0 to 23. */
  hour: number;
  /** English name. */
  weekday: string;
}

const MINUTE_MS = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();
/** The last answer per zone: every offset in use is a whole number of minutes. */
const latest = new Map<string, { minute: number; time: LocalTime }>();

/** Hour and weekday of a moment in an IANA time zone, for rules. */
export function localTime(moment: Date, timeZone: string): LocalTime {
  const minute = Math.floor(moment.getTime() / MINUTE_MS);
  const known = latest.get(timeZone);
  if (known?.minute === minute) return known.time;
  const parts = formatOf(timeZone).formatToParts(moment);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  const time = { hour: Number(part('hour')), weekday: part('weekday') };
  latest.set(timeZone, { minute, time });
  return time;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    hourCycle: 'h23',
    weekday: 'long',
  });
  formats.set(timeZone, made);
  return made;
}
