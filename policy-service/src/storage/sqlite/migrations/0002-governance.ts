/**
 * Policy bundles and their activations, stops, and what is known of each connector's health. The
 * revision counts activations and stops: whoever decided on an older one has to look again.
 */
export const governance = `
CREATE TABLE settings_revision (
  only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
  revision INTEGER NOT NULL
);
INSERT INTO settings_revision (only_row, revision) VALUES (1, 0);

CREATE TABLE bundles (
  sequence INTEGER PRIMARY KEY NOT NULL,
  version TEXT NOT NULL UNIQUE,
  files TEXT NOT NULL,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL
);

CREATE TABLE activations (
  sequence INTEGER PRIMARY KEY NOT NULL,
  version TEXT NOT NULL REFERENCES bundles (version),
  at TEXT NOT NULL,
  by_actor TEXT NOT NULL,
  reason TEXT NOT NULL
);

CREATE TABLE controls (
  id TEXT PRIMARY KEY NOT NULL,
  doc TEXT NOT NULL,
  at TEXT NOT NULL AS (doc ->> '$.at'),
  lifted_at TEXT AS (doc ->> '$.liftedAt')
);
CREATE INDEX controls_newest ON controls (at, id);
CREATE INDEX controls_active ON controls (at, id) WHERE lifted_at IS NULL;

CREATE TABLE connector_health (
  connector_id TEXT PRIMARY KEY NOT NULL,
  state TEXT NOT NULL
) WITHOUT ROWID;
`;
