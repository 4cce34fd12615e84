const formats = new Map<string, Intl.DateTimeFormat>();

/** Hour (0 to 23) and English weekday of a moment in an IANA time zone, for rules. */
export function localTime(moment: Date, timeZone: string): { hour: number; weekday: string } {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      hourCycle: 'h23',
      weekday: 'long',
    });
    formats.set(timeZone, format);
  }
  const parts = format.formatToParts(moment);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return { hour: Number(part('hour')), weekday: part('weekday') };
}
