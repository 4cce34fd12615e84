/** How far the log was verified, and what was found in it: while there is damage, nothing is written. */
export const logCheck = `
CREATE TABLE log_check (
  only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
  positions TEXT NOT NULL DEFAULT '{}',
  damage TEXT
);
`;
