CREATE TRIGGER audit_entries_are_final BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;

CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;

CREATE TABLE activations (
  sequence INTEGER PRIMARY KEY NOT NULL,
  version TEXT NOT NULL REFERENCES bundles (version),
  at TEXT NOT NULL,
  by_actor TEXT NOT NULL,
  reason TEXT NOT NULL
);

CREATE TABLE approvals (
  id TEXT PRIMARY KEY NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  doc TEXT NOT NULL,
  state TEXT NOT NULL AS (doc ->> '$.state'),
  request_id TEXT NOT NULL AS (doc ->> '$.requestId'),
  expires_at TEXT NOT NULL AS (doc ->> '$.expiresAt'),
  created_at TEXT NOT NULL AS (doc ->> '$.createdAt')
);

CREATE TABLE audit_entries (
  sequence INTEGER PRIMARY KEY NOT NULL CHECK (sequence >= 0),
  canonical TEXT NOT NULL,
  leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),
  request_id TEXT AS (canonical ->> '$.requestId'),
  type TEXT NOT NULL AS (canonical ->> '$.type'),
  actor TEXT NOT NULL AS (canonical ->> '$.actor.id')
);

CREATE TABLE audit_head (
  only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
  size INTEGER NOT NULL,
  compact_range BLOB NOT NULL
, newest_at TEXT);

CREATE TABLE bundles (
  sequence INTEGER PRIMARY KEY NOT NULL,
  version TEXT NOT NULL UNIQUE,
  files TEXT NOT NULL,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL
);

CREATE TABLE connector_health (
  connector_id TEXT PRIMARY KEY NOT NULL,
  state TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE controls (
  id TEXT PRIMARY KEY NOT NULL,
  doc TEXT NOT NULL,
  at TEXT NOT NULL AS (doc ->> '$.at'),
  lifted_at TEXT AS (doc ->> '$.liftedAt')
);

CREATE TABLE idempotency (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  PRIMARY KEY (scope, key)
);

CREATE TABLE log_check (
  only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
  positions TEXT NOT NULL DEFAULT '{}',
  damage TEXT
);

CREATE TABLE outbox (
  id TEXT PRIMARY KEY NOT NULL,
  request_id TEXT NOT NULL,
  url TEXT NOT NULL,
  body TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE people (
  email_key TEXT PRIMARY KEY NOT NULL,
  doc TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE requests (
  id TEXT PRIMARY KEY NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  doc TEXT NOT NULL,
  state TEXT NOT NULL AS (doc ->> '$.state'),
  action TEXT AS (doc ->> '$.intent.action'),
  requested_by TEXT NOT NULL AS (doc ->> '$.subject.requestedBy'),
  needs_person INTEGER NOT NULL AS (doc ->> '$.needsPerson'),
  deadline TEXT AS (doc ->> '$.deadline'),
  lease_until TEXT AS (doc ->> '$.execution.leaseUntil'),
  status_token TEXT NOT NULL AS (doc ->> '$.statusToken'),
  created_at TEXT NOT NULL AS (doc ->> '$.createdAt')
);

CREATE TABLE reservations (
  request_id TEXT NOT NULL,
  limit_id TEXT NOT NULL,
  key TEXT NOT NULL,
  at TEXT NOT NULL,
  amount_high INTEGER NOT NULL CHECK (amount_high >= 0),
  amount_low INTEGER NOT NULL CHECK (amount_low BETWEEN 0 AND 999999999),
  window_ms INTEGER NOT NULL, phase INTEGER NOT NULL DEFAULT 1 CHECK (phase BETWEEN 0 AND 3), place INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (request_id, limit_id, key)
) WITHOUT ROWID;

CREATE TABLE sealing (
  only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
  key_check TEXT NOT NULL
);

CREATE TABLE service_time (
  only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
  doc TEXT NOT NULL
);

CREATE TABLE sessions (
  id_hash TEXT PRIMARY KEY NOT NULL,
  doc TEXT NOT NULL,
  expires_at TEXT NOT NULL AS (doc ->> '$.expiresAt')
) WITHOUT ROWID;

CREATE TABLE settings_revision (
  only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
  revision INTEGER NOT NULL
);

CREATE TABLE tokens (
  id TEXT PRIMARY KEY NOT NULL,
  doc TEXT NOT NULL,
  prefix TEXT NOT NULL AS (doc ->> '$.prefix'),
  created_at TEXT NOT NULL AS (doc ->> '$.createdAt')
) WITHOUT ROWID;

CREATE INDEX approvals_ended ON approvals (created_at, id) WHERE state <> 'pending';

CREATE INDEX approvals_pending ON approvals (expires_at, id) WHERE state = 'pending';

CREATE INDEX audit_entries_actor ON audit_entries (actor);

CREATE INDEX audit_entries_request ON audit_entries (request_id) WHERE request_id IS NOT NULL;

CREATE INDEX audit_entries_type ON audit_entries (type) WHERE type NOT IN ('request.received', 'request.extracted', 'request.validated', 'request.decided');

CREATE INDEX controls_active ON controls (at, id) WHERE lifted_at IS NULL;

CREATE INDEX controls_newest ON controls (at, id);

CREATE INDEX outbox_due ON outbox (next_attempt_at);

CREATE INDEX requests_deadline ON requests (deadline) WHERE deadline IS NOT NULL;

CREATE INDEX requests_needs_person ON requests (created_at, id) WHERE needs_person = 1;

CREATE INDEX requests_newest ON requests (created_at, id);

CREATE INDEX requests_requested_by ON requests (requested_by, created_at, id);

CREATE INDEX requests_state ON requests (state, created_at, id);

CREATE UNIQUE INDEX requests_status_token ON requests (status_token)
  WHERE instr(status_token, '.') = 0;

CREATE INDEX reservations_sum ON reservations (limit_id, key, at, amount_high, amount_low);

CREATE INDEX reservations_without_time ON reservations (at)
  WHERE at = '9999-12-31T23:59:59.999Z';

CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE INDEX tokens_prefix ON tokens (prefix);

PRAGMA user_version = 9;
