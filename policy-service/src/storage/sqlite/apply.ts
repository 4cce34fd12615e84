import type { CommitResult } from '../../application/ports';
import type { CompactRange } from '../../audit/compact-range';
import type { PreparedChanges } from './prepare';
import type { Tables } from './tables';

/**
 * Writes one change set into the open transaction. On a conflict, or when it throws, the caller
 * rolls back to the savepoint before it and restores `range`.
 * @param range the log's compact range, which grows with the entries
 * @param now decides whether an idempotency row still counts
 * @param newest time that was committed before
 */
export function apply(
  tables: Tables,
  changes: PreparedChanges,
  range: CompactRange,
  now: string,
  newest: string | undefined,
): CommitResult {
  const { expectedRevision } = changes;
  if (expectedRevision !== undefined && tables.revision.get() !== expectedRevision) {
    return { ok: false, conflict: 'revision' };
  }
  for (const write of changes.requests) {
    if (!tables.requests.write(write)) return { ok: false, conflict: 'version' };
  }
  for (const write of changes.approvals) {
    if (!tables.approvals.write(write)) return { ok: false, conflict: 'version' };
  }
  if (changes.idempotency && !tables.idempotency.write(changes.idempotency, now)) {
    return { ok: false, conflict: 'idempotency' };
  }
  // First given back, then taken: a new decision replaces the shares of the one before it.
  for (const requestId of changes.releases ?? []) tables.reservations.release(requestId);
  for (const reservation of changes.reservations) {
    if (!tables.reservations.write(reservation, range.size, newest))
      return { ok: false, conflict: 'limit' };
  }
  for (const { requestId, at } of changes.settles ?? []) {
    tables.reservations.settle(requestId, at, newest);
  }
  for (const message of changes.outbox ?? []) tables.outbox.write(message);
  for (const id of changes.outboxDone ?? []) tables.outbox.done(id);
  for (const token of changes.tokens ?? []) tables.tokens.write(token);
  for (const person of changes.people ?? []) tables.people.write(person);
  for (const session of changes.sessions ?? []) tables.sessions.write(session);
  for (const { idHash, at } of changes.sessionsUsed ?? []) tables.sessions.used(idHash, at);
  for (const idHash of changes.sessionsEnded ?? []) tables.sessions.end(idHash);
  for (const bundle of changes.bundles ?? []) tables.bundles.write(bundle);
  if (changes.activation) tables.bundles.activate(changes.activation);
  for (const control of changes.controls ?? []) tables.controls.write(control);
  // What a write is decided on beside its request: none of it may change between check and commit.
  const { activation, controls, people, tokens } = changes;
  if (activation || controls?.length || people?.length || tokens?.length) {
    tables.revision.advance();
  }
  for (const { connectorId, state } of changes.connectorHealth ?? []) {
    tables.connectorHealth.write(connectorId, state);
  }
  return { ok: true, entries: tables.log.append(changes.audit, range) };
}
