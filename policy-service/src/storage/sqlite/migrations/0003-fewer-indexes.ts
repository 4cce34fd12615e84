import { FREQUENT_TYPES } from '../frequent-types';

/**
 * Every index is one more page that a commit writes and forces to the disk. These three cost a
 * third of a decision's commit and are not needed to find things:
 * - status tokens that name their request are found by its id;
 * - idempotency rows end in the order in which they were written;
 * - types that nearly every request has are found by looking at the entries themselves.
 */
export const fewerIndexes = `
DROP INDEX requests_status_token;
CREATE UNIQUE INDEX requests_status_token ON requests (status_token)
  WHERE instr(status_token, '.') = 0;

DROP INDEX idempotency_expiry;

DROP INDEX audit_entries_type;
CREATE INDEX audit_entries_type ON audit_entries (type) WHERE type NOT IN (${FREQUENT_TYPES});
`;
