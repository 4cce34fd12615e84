/** An allowed or approved request that nobody executes expires after this. */
export const EXECUTE_WITHIN_SECONDS = 24 * 3600;

/** How long the holder of a permit has to write and to report; then a person has to find out. */
export const PERMIT_SECONDS = 15 * 60;

/** How long the requester's status link works. */
export const STATUS_LINK_SECONDS = 30 * 24 * 3600;

/** How long an answer is replayed for a repeated Idempotency-Key. */
export const IDEMPOTENCY_SECONDS = 30 * 24 * 3600;

/** How long a sign-in lasts. */
export const SESSION_SECONDS = 12 * 3600;

/** Facts must be younger than this when a request is executed. */
export const FACTS_AT_EXECUTION_MS = 5_000;

/** The moment `seconds` after `from`, ISO 8601 UTC. */
export function after(from: Date, seconds: number): string {
  return new Date(from.getTime() + seconds * 1000).toISOString();
}
