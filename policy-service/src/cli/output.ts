/**
 * A reader of the output that goes away, such as `head`, ends nothing: a service goes on without
 * it, and a command finishes what it does. Output that is lost for another reason, such as a full
 * disk, is told, because a file that it was meant for is not whole.
 */
export function outliveOutput(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || process.exitCode === 1) return;
    process.exitCode = 1;
    process.stderr.write(`execution-layer: the output cannot be written (${code}).\n`);
  });
}
