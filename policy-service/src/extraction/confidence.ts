/**
 * 0.97 for a request without a doubt, a little less when required arguments are missing; every
 * doubt puts it below the 0.8 from which no person has to look at it.
 */
export function confidenceOf(doubts: number, missing: number): number {
  if (doubts === 0) return missing === 0 ? 0.97 : 0.9;
  const value = 0.65 - 0.1 * (doubts - 1) - 0.05 * Math.min(missing, 2);
  return Math.max(0.1, Math.round(value * 100) / 100);
}
