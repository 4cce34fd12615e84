import { AppError, type ErrorDetail } from '../../domain/errors';
import type { ReadBundle } from './bundle-reader';

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
 * Runs the test cases of a bundle.
 * @returns how many passed
 * @throws AppError `bundle_invalid` when one fails
 */
export function assertCasesPass(read: ReadBundle, name: string): number {
  const { passed, failures } = read.runCases();
  if (failures.length === 0) return passed;
  throw bundleInvalid(
    name,
    failures.map((message) => ({ pointer: '/files', code: 'test', message })),
  );
}

/** @throws AppError `bundle_invalid` when a connector lacks a setting of this process */
export function assertConnectable(read: ReadBundle, name: string): void {
  try {
    read.connect();
  } catch (error) {
    throw bundleInvalid(name, [
      { pointer: '/files', code: 'setting', message: (error as Error).message },
    ]);
  }
}
