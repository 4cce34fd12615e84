import type { BundleProblem } from './yaml-file';

/** A bundle that failed its checks; it never becomes active. */
export class BundleError extends Error {
  constructor(
    /** Folder or version, as the message names the bundle. */
    readonly bundle: string,
    readonly problems: BundleProblem[],
  ) {
    super(
      `The bundle ${bundle} cannot be used:\n${problems
        .map(({ where, message }) => `  ${where}: ${message}`)
        .join('\n')}`,
    );
  }
}
