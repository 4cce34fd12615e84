import { SignInDelays } from '../../../policy-service/src/application/identity/sign-in-delays';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
let delays: SignInDelays;
beforeEach(() => {
  delays = new SignInDelays();
});

function fail(times: number, account = 'ana@example.com', seconds = 0): void {
  for (let n = 0; n < times; n += 1) delays.failed(account, at(seconds));
}

test('five failures cost nothing, each further one doubles the delay up to five minutes', () => {
  fail(5);
  expect(() => delays.assertMayTry('ana@example.com', '192.0.2.1', at(0))).not.toThrow();
  fail(3);
  expect(() => delays.assertMayTry('ana@example.com', '192.0.2.1', at(0))).toThrow(/Wait 4 s/);
  expect(() => delays.assertMayTry('ana@example.com', '192.0.2.1', at(4))).not.toThrow();
  fail(40);
  expect(() => delays.assertMayTry('ana@example.com', '192.0.2.1', at(0))).toThrow(/Wait 300 s/);
});

test('an address that signed in before is not held back, others are, and success forgets', () => {
  delays.succeeded('ana@example.com', '192.0.2.1');
  fail(20);
  expect(() => delays.assertMayTry('ana@example.com', '192.0.2.1', at(0))).not.toThrow();
  expect(() => delays.assertMayTry('ana@example.com', '192.0.2.2', at(0))).toThrow();
  expect(() => delays.assertMayTry('ben@example.com', '192.0.2.2', at(0))).not.toThrow();
  delays.succeeded('ana@example.com', '192.0.2.1');
  expect(() => delays.assertMayTry('ana@example.com', '192.0.2.2', at(0))).not.toThrow();
});

test('a clock that was set back a year holds nobody back for longer than five minutes', () => {
  fail(20, 'ana@example.com', 365 * 86_400);
  expect(() => delays.assertMayTry('ana@example.com', '192.0.2.2', at(0))).toThrow(/Wait 300 s/);
});

test('made-up accounts push out the oldest, so memory stays bounded', () => {
  fail(20);
  for (let n = 0; n < 10_001; n += 1) delays.failed(`nobody-${n}@example.com`, at(0));
  expect(() => delays.assertMayTry('ana@example.com', '192.0.2.2', at(0))).not.toThrow();
});
