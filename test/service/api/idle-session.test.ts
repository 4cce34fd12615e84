import { TestService } from '../harness';

let service: TestService;
let now: Date;
beforeEach(async () => {
  service = await TestService.start({ EXECUTION_LAYER_SESSION_IDLE_MINUTES: '30' });
  await service.newPerson('ana@example.com', ['reviewer']);
  now = new Date();
  service.service.deps.clock = { now: () => now };
});
afterEach(() => service.stop());

const later = (minutes: number): void => {
  now = new Date(now.getTime() + minutes * 60_000);
};

test('a session is over when nobody used it for the time that is set, and goes on while used', async () => {
  const as = await service.person('ana@example.com');
  const status = async (): Promise<number> => (await as('/v1/approvals')).status;
  expect(await status()).toBe(200);
  for (let n = 0; n < 4; n += 1) {
    later(25);
    expect(await status()).toBe(200);
  }
  later(31);
  expect(await status()).toBe(401);
  // A clock that is set back does not bring it to life again.
  later(-31);
  expect(await status()).toBe(401);
});
