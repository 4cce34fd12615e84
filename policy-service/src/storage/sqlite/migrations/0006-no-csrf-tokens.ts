/** The token of a session's forms is derived from its cookie: none is stored. */
export const noCsrfTokens = `
UPDATE sessions SET doc = json_remove(doc, '$.csrfToken');
`;
