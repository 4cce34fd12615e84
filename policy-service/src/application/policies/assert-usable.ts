import { AppError, type ErrorDetail } from '../../domain/errors';
import type { CaseSummary } from './bundle-reader';
import type { CheckedBundle } from './sent-bundles';

/** An answer tells this many problems. */
export const MAX_PROBLEMS = 50;

/** The refusal of a bundle. @param errors pointers into the call's body */
export function bundleInvalid(name: string, errors: ErrorDetail[]): AppError {
  return new AppError(
    'bundle_invalid',
    `The bundle ${name} cannot be used; it has ${errors.length === 1 ? 'one problem' : `${errors.length} problems`}.`,
    {},
    errors.slice(0, MAX_PROBLEMS),
  );
}

/**
 * @returns how many test cases passed
 * @throws AppError `bundle_invalid` when one failed
 */
export function assertCasesPass({ passed, failures }: CaseSummary, name: string): number {
  if (failures.length === 0) return passed;
  throw bundleInvalid(
    name,
    failures.map((message) => ({ pointer: '/files', code: 'test', message })),
  );
}

/**
 * @throws AppError `bundle_invalid` when a connector lacks a setting of this process,
 *   `bundle_too_costly`
 */
export function assertConnectable(checked: CheckedBundle, name: string): void {
  try {
    checked.connect();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw bundleInvalid(name, [
      { pointer: '/files', code: 'setting', message: (error as Error).message },
    ]);
  }
}
