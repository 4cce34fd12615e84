import { readFileSync } from 'node:fs';
import { AppError } from '../../domain/errors';
import type { JsonObject } from '../../domain/request/request';

/**
 * A JSON object that was given as an option.
 * @param name of the option, for the sentence
 * @throws AppError `invalid_parameter`
 */
export function jsonOption(name: string, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError('invalid_parameter', `${name} is not JSON: ${(error as Error).message}.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new AppError(
    'invalid_parameter',
    `${name} must be a JSON object, for example {"sku": "SKU-1001"}.`,
  );
}

/** A JSON object from a file, `-` for standard input. @throws AppError */
export function jsonFile(name: string, path: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch {
    throw new AppError('not_found', `The file ${path} cannot be read.`);
  }
  return jsonOption(name, text);
}
