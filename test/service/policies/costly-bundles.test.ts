import { AppError } from '../../../policy-service/src/domain/errors';
import {
  OffProcessBundles,
  type BundleLimits,
} from '../../../policy-service/src/bundle/off-process-bundles';
import { COSTLY } from '../../attack/support/costly-bundles';
import { SHIPPED, stricterStock } from './bundles';

let bundles: OffProcessBundles;
const open = (limits: Partial<BundleLimits> = {}): OffProcessBundles =>
  (bundles = new OffProcessBundles(() => [], {
    memoryMb: 256,
    taskMs: 100_000,
    activationMs: 100_000,
    ...limits,
  }));
afterEach(() => bundles.close());
// A process of ours keeps no other one alive, and jest has nothing else to wait for.
const awake = setInterval(() => undefined, 1000);
afterAll(() => clearInterval(awake));

const laidOver = (kind: string) => [...SHIPPED, ...(COSTLY[kind] ?? [])];
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fine',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

test('one that fills the memory ends its process only', async () => {
  open({ memoryMb: 96 });
  const costly = laidOver('rules of every action for many actions');
  await expect(bundles.check(costly, 'x', 'a')).rejects.toMatchObject({
    code: 'bundle_too_costly',
    message: expect.stringMatching(/more than 96 MB/),
  });
  expect(await bundles.check(SHIPPED, 'x', 'a')).toMatchObject({ casesPassed: expect.any(Number) });
});

test('one that takes too long is given up, and not tried again at once', async () => {
  open({ taskMs: 300 });
  const costly = laidOver('long conditions');
  expect(await codeOf(bundles.check(costly, 'x', 'a'))).toBe('bundle_too_costly');
  // In the same turn of the loop, so nothing was tried.
  const tried = jest.spyOn(OffProcessBundles.prototype as never, 'run');
  expect(await codeOf(bundles.check(costly, 'x', 'b'))).toBe('bundle_too_costly');
  expect(tried).not.toHaveBeenCalled();
});

test('a caller has four under way, one after the other, and others are not held up by them', async () => {
  open();
  const costly = laidOver('rules of every action for many actions');
  const order: string[] = [];
  const hog = bundles.check(costly, 'x', 'a').catch(() => undefined);
  const own = [1, 2, 3].map((n) =>
    codeOf(bundles.check(stricterStock(n), 'x', 'a')).then((code) => order.push(`a ${code}`)),
  );
  expect(await codeOf(bundles.check(SHIPPED, 'x', 'a'))).toBe('rate_limited');
  const other = codeOf(bundles.check(SHIPPED, 'x', 'b')).then((code) => order.push(`b ${code}`));
  await other;
  expect(order).toEqual(['b fine']);
  await bundles.close();
  await Promise.all([hog, ...own]);
});

test('one that takes long to open is stored and asked, but not activated', async () => {
  open({ activationMs: 0 });
  const checked = await bundles.check(SHIPPED, 'x', 'a');
  expect(() => checked.connect()).toThrow(/command line/);
});
