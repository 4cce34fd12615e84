/** Receives one line at a time about what is going on. */
export type Progress = (line: string) => void;

const HEARTBEAT_MS = 15_000;

/** `m:ss` since `startedAt` (milliseconds). */
export function elapsed(startedAt: number): string {
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Runs `work`, saying what it is at the start, every 15 seconds, and at the end with the time taken. */
export async function withProgress<T>(
  progress: Progress,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = Date.now();
  progress(`${what} ...`);
  const heartbeat = setInterval(() => progress(`${what} ... ${elapsed(startedAt)}`), HEARTBEAT_MS);
  try {
    const result = await work();
    progress(`${what}: done (${elapsed(startedAt)})`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}
