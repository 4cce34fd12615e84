import { readAnswer } from '../../../policy-service/src/erp/http/answer';

const EXACT = '12345678901234567890';
const numbers = (count: number): string => `[${Array.from({ length: count }, () => EXACT).join()}]`;

/** Pointers of half a megabyte to each of tens of thousands of numbers are gigabytes. */
test('long names around many exact numbers are not read', () => {
  let text = numbers(20_000);
  for (let level = 0; level < 60; level += 1) text = `{"${'~'.repeat(4_000)}":${text}}`;
  expect(readAnswer(Buffer.from(text))).toEqual({ readable: false });
});

test('as many numbers as an answer holds are, under names of usual length', () => {
  const answer = readAnswer(Buffer.from(`{"records":{"amounts_of_payments":${numbers(45_000)}}}`));
  expect(answer).toMatchObject({ readable: true });
  expect(answer.readable && answer.exact.size).toBe(45_000);
});
