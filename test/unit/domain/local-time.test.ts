import { localTime } from '../../../policy-service/src/domain/local-time';

test.each([
  ['2026-01-05T23:30:00Z', 'UTC', 23, 'Monday'],
  ['2026-01-05T23:30:59Z', 'UTC', 23, 'Monday'],
  ['2026-01-06T00:00:00Z', 'UTC', 0, 'Tuesday'],
  ['2026-01-05T23:30:00Z', 'Europe/Berlin', 0, 'Tuesday'],
  ['2026-07-05T22:30:00Z', 'Europe/Berlin', 0, 'Monday'],
  ['2026-01-05T18:29:00Z', 'Asia/Kolkata', 23, 'Monday'],
  ['2026-01-05T18:30:00Z', 'Asia/Kolkata', 0, 'Tuesday'],
])('%s in %s is hour %d on %s', (moment, zone, hour, weekday) => {
  expect(localTime(new Date(moment), zone)).toEqual({ hour, weekday });
});
