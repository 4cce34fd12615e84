const TYPES = ['request.received', 'request.extracted', 'request.validated', 'request.decided'];

/**
 * Types of audit entries that nearly every request has, as an SQL list. The index of types leaves
 * them out, and the list is part of that index: it changes only with a migration.
 */
export const FREQUENT_TYPES = TYPES.map((type) => `'${type}'`).join(', ');

export function isFrequentType(type: string): boolean {
  return TYPES.includes(type);
}
