import { nearestOf } from '../../../policy-service/src/domain/conditions/names';
import { editDistance, LONGEST_NAME } from '../../../policy-service/src/domain/edit-distance';
import { nearMiss } from '../../../policy-service/src/domain/near-miss';

const LONG = 'a'.repeat(500_000);

/** Compared character by character these would take days. */
test('a text is compared with names only while it may be one', () => {
  expect(nearMiss(LONG, [`${LONG}b`])).toBeUndefined();
  expect(nearMiss('vendor.read', [LONG, 'vendor.raed', LONG])).toBe('vendor.raed');
  expect(nearestOf(`${LONG}b`, [LONG, 'vendor'])).toBeUndefined();
  const longest = 'b'.repeat(LONGEST_NAME);
  expect(editDistance(longest, `${longest.slice(1)}c`, 2)).toBe(1);
  expect(editDistance(`${longest}b`, longest, 2)).toBe(Infinity);
});

test('lengths alone tell that a name is another one', () => {
  expect(editDistance('vendor', 'vendor_payment.create', 3)).toBe(Infinity);
  expect(editDistance('vendor', 'vendors', 1)).toBe(1);
});

test.each([nearMiss, (name: string, all: Iterable<string>) => nearestOf(name, all)])(
  'of candidates without an end so many are looked at',
  (find) => {
    let asked = 0;
    function* endless(): Generator<string> {
      yield 'vendor.raed';
      for (;;) yield `candidate-${(asked += 1)}`;
    }
    expect(find('vendor.read', endless())).toBe('vendor.raed');
    expect(asked).toBeLessThan(1_000);
  },
);
