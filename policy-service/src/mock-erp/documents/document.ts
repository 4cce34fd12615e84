import type { ErpDatabase } from '../database';
import { ErpRefusal } from '../refusal';
import type { Body } from '../body';

/** What a write may use besides its body. */
export interface WriteContext {
  db: ErpDatabase;
  now: Date;
}

/** Members that every new document may carry. */
export const DOCUMENT_FIELDS = ['external_reference'] as const;

/** The next number of a kind, without gaps: `PAY-000001`. Call it inside the write's transaction. */
export function nextNumber(db: ErpDatabase, prefix: string): string {
  const row = db
    .prepare<[string], { last: number }>(
      `INSERT INTO counters VALUES (?, 1)
       ON CONFLICT (prefix) DO UPDATE SET last = last + 1 RETURNING last`,
    )
    .get(prefix);
  return `${prefix}-${String(row?.last ?? 1).padStart(6, '0')}`;
}

/** Columns that every document has. */
export function documentColumns(
  context: WriteContext,
  body: Body,
  reverses: string | null = null,
): { reverses: string | null; external_reference: string | null; created_at: string } {
  return {
    reverses,
    external_reference: body.optionalText('external_reference'),
    created_at: context.now.toISOString(),
  };
}

/**
 * Refuses to undo a document twice, or to undo an undoing.
 * @throws ErpRefusal `already_reversed`, `is_reversal`
 */
export function assertReversible(
  db: ErpDatabase,
  document: { number: string; reverses: string | null },
): void {
  if (document.reverses !== null) {
    throw new ErpRefusal('is_reversal', `${document.number} itself undoes ${document.reverses}.`);
  }
  const by = db
    .prepare<[string], { number: string }>('SELECT number FROM documents WHERE reverses = ?')
    .get(document.number);
  if (by) {
    throw new ErpRefusal(
      'already_reversed',
      `${document.number} is already undone by ${by.number}.`,
    );
  }
}
