import type { ChangeSet, Reservation, VersionedWrite } from '../../application/ports';
import { encodeBody, type EncodedBody } from '../../audit/encode';

/** A document as it is stored. */
export interface DocumentWrite {
  id: string;
  expectedVersion: number;
  doc: string;
}

/** A reservation with its amounts as numbers. */
export type PreparedReservation = Omit<Reservation, 'amount' | 'max'> & {
  amount: bigint;
  max: bigint | null;
};

/** A change set whose large parts are the text that is stored: cheap to hand to another thread. */
export type PreparedChanges = Omit<
  ChangeSet,
  'requests' | 'approvals' | 'audit' | 'reservations'
> & {
  requests: DocumentWrite[];
  approvals: DocumentWrite[];
  audit: EncodedBody[];
  reservations: PreparedReservation[];
  /** Newest time of the shares that it takes and ends, where it has entries. */
  newestAt?: string;
};

/**
 * Everything that needs no database.
 * @throws TypeError when an audit body has no canonical form, or an amount is none
 */
export function prepare(changes: ChangeSet): PreparedChanges {
  const { requests, approvals, audit, reservations } = changes;
  return {
    ...changes,
    requests: (requests ?? []).map(documentWrite),
    approvals: (approvals ?? []).map(documentWrite),
    audit: (audit ?? []).map(encodeBody),
    reservations: (reservations ?? []).map(preparedReservation),
    newestAt: audit?.length
      ? newestOf([...(reservations ?? []), ...(changes.settles ?? [])])
      : undefined,
  };
}

function newestOf(dated: readonly { at: string }[]): string | undefined {
  return dated.reduce<string | undefined>(
    (newest, { at }) => (newest === undefined || at > newest ? at : newest),
    undefined,
  );
}

function documentWrite<T extends { id: string }>(write: VersionedWrite<T>): DocumentWrite {
  const { expectedVersion, next } = write;
  return { id: next.id, expectedVersion, doc: JSON.stringify(next) };
}

function preparedReservation({ amount, max, ...others }: Reservation): PreparedReservation {
  return { ...others, amount: parseAmount(amount), max: max === null ? null : parseAmount(max) };
}

function parseAmount(text: string): bigint {
  if (!/^[0-9]{1,18}$/.test(text)) {
    throw new TypeError(`"${text}" is no amount of a limit: a whole number, at most 18 digits.`);
  }
  return BigInt(text);
}
