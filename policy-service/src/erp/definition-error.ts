export interface DefinitionProblem {
  /** RFC 6901 pointer into the file. */
  pointer: string;
  message: string;
}

/** A connector file that cannot be used. The message holds one line for every wrong place. */
export class ConnectorDefinitionError extends Error {
  constructor(
    readonly file: string,
    readonly problems: DefinitionProblem[],
  ) {
    super(
      problems.map(({ pointer, message }) => `${file} at ${pointer || '/'}: ${message}`).join('\n'),
    );
    this.name = 'ConnectorDefinitionError';
  }
}
