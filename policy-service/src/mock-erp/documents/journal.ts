import { formatAmount, knownCurrency, parseAmount } from '../amount';
import { Body } from '../body';
import { insert, type ErpDatabase } from '../database';
import { ErpRefusal, notFound } from '../refusal';
import {
  assertReversible,
  DOCUMENT_FIELDS,
  documentColumns,
  nextNumber,
  type WriteContext,
} from './document';

interface EntryRow {
  number: string;
  currency: string;
  memo: string | null;
  reverses: string | null;
  external_reference: string | null;
  created_at: string;
}

/** Amounts are decimal strings; the side that a line does not use is "0.00". */
export interface JournalLine {
  account: string;
  debit: string;
  credit: string;
}
export interface JournalEntry extends EntryRow {
  lines: JournalLine[];
}

/** Posts an entry of 2 to 100 lines whose debits equal its credits. */
export function postJournalEntry(context: WriteContext, value: unknown): JournalEntry {
  const { db } = context;
  const body = new Body(value, ['lines', 'currency', 'memo', ...DOCUMENT_FIELDS]);
  const currency = knownCurrency(body.text('currency'));
  return book(db, {
    number: nextNumber(db, 'JE'),
    currency,
    memo: body.optionalText('memo'),
    ...documentColumns(context, body),
    lines: balancedLines(db, body.raw('lines'), currency),
  });
}

/** Posts the same lines with their sides exchanged. */
export function reverseJournalEntry(
  context: WriteContext,
  number: string,
  value: unknown,
): JournalEntry {
  const { db } = context;
  const body = new Body(value, DOCUMENT_FIELDS);
  const entry = journalEntries(db).find((one) => one.number === number);
  if (!entry) throw notFound('journal entry', number);
  assertReversible(db, entry);
  return book(db, {
    ...entry,
    number: nextNumber(db, 'JE'),
    ...documentColumns(context, body, number),
    lines: entry.lines.map(({ account, debit, credit }) => ({
      account,
      debit: credit,
      credit: debit,
    })),
  });
}

/** Every entry with its lines, or those with one external reference, in the order of posting. */
export function journalEntries(db: ErpDatabase, reference: string | null = null): JournalEntry[] {
  const entries = db
    .prepare<{ reference: string | null }, EntryRow>(
      'SELECT * FROM journal_entries WHERE @reference IS NULL OR external_reference = @reference ORDER BY rowid',
    )
    .all({ reference });
  const lines = db.prepare<[string], JournalLine>(
    'SELECT account, debit, credit FROM journal_lines WHERE number = ? ORDER BY line',
  );
  return entries.map((entry) => ({ ...entry, lines: lines.all(entry.number) }));
}

function balancedLines(db: ErpDatabase, value: unknown, currency: string): JournalLine[] {
  if (!Array.isArray(value) || value.length < 2 || value.length > 100) {
    throw new ErpRefusal('bad_field', 'The field lines must list 2 to 100 lines.', 'lines');
  }
  let balance = 0n;
  const accounts = new Set<string>();
  const lines = value.map((line: unknown): JournalLine => {
    const body = new Body(line, ['account', 'debit', 'credit']);
    const account = openAccount(db, body.text('account'));
    accounts.add(account);
    if ((body.raw('debit') === undefined) === (body.raw('credit') === undefined)) {
      throw new ErpRefusal('bad_line', 'A line has either a debit or a credit.', 'lines');
    }
    const side = body.raw('debit') === undefined ? 'credit' : 'debit';
    const amount = parseAmount(body.raw(side), currency, side);
    balance += side === 'debit' ? amount : -amount;
    return {
      account,
      debit: formatAmount(side === 'debit' ? amount : 0n, currency),
      credit: formatAmount(side === 'credit' ? amount : 0n, currency),
    };
  });
  if (balance !== 0n) {
    throw new ErpRefusal(
      'unbalanced',
      'The debits of the entry do not equal its credits.',
      'lines',
    );
  }
  if (accounts.size < 2) {
    throw new ErpRefusal(
      'same_account',
      'An entry must move an amount between two accounts.',
      'lines',
    );
  }
  return lines;
}

function openAccount(db: ErpDatabase, account: string): string {
  const row = db
    .prepare<[string], { status: string }>('SELECT status FROM accounts WHERE account = ?')
    .get(account);
  if (!row) throw new ErpRefusal('unknown_account', `There is no account ${account}.`, 'account');
  if (row.status !== 'active') {
    throw new ErpRefusal('inactive_account', `The account ${account} is ${row.status}.`, 'account');
  }
  return account;
}

function book(db: ErpDatabase, entry: JournalEntry): JournalEntry {
  const { lines, ...row } = entry;
  insert(db, 'journal_entries', { ...row });
  lines.forEach((line, index) =>
    insert(db, 'journal_lines', { number: entry.number, line: index + 1, ...line }),
  );
  return entry;
}
