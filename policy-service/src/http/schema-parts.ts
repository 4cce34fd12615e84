import type { JsonObject } from '../domain/request/request';

/** A text that is filled in. */
export const text = (maxLength: number, description: string): JsonObject => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
});

/** An object that refuses unknown members. */
export const object = (
  properties: Record<string, JsonObject>,
  required: string[] = [],
): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});
