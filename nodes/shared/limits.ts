/** How long and how much the nodes ask of the service. */
export const limits = {
  /** A call without an answer after this many milliseconds counts as unanswered. */
  callTimeoutMs: 60_000,
  /** Items that one node works on at the same time. */
  concurrency: 5,
  /** Items asked for at once where an answer comes in pages. */
  pageSize: 200,
};
