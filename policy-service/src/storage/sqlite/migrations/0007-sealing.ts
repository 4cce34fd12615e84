/**
 * Tells the key outside the database that secret texts are sealed with. Without a row there may be
 * texts that an earlier version stored as they were: only who has the key can seal them.
 */
export const sealing = `
CREATE TABLE sealing (
  only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
  key_check TEXT NOT NULL
);
`;
