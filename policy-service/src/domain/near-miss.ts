import { editDistance, someOf } from './edit-distance';

/** A name further away than this share of its length is another name, not a slip of the hand. */
const TOLERANCE = 0.4;

/** The candidate that a misspelt name most likely meant; undefined when none is close, or the name is no name by its length. */
export function nearMiss(name: string, candidates: Iterable<string>): string | undefined {
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of someOf(candidates)) {
    const most = Math.max(name.length, candidate.length) * TOLERANCE;
    const distance = editDistance(name, candidate, most);
    if (distance <= most && (!best || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}
