/**
 * What the ERP says when it does not accept a call. Nothing of the call is kept.
 * `field` names the member of the body that is wrong.
 */
export class ErpRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly field?: string,
    readonly status = 422,
  ) {
    super(message);
    this.name = 'ErpRefusal';
  }

  /** The body of the answer: `{"error": {"code", "message", "field"?}}`. */
  toJSON(): { error: { code: string; message: string; field?: string } } {
    const { code, message, field } = this;
    return { error: { code, message, ...(field === undefined ? {} : { field }) } };
  }
}

/** A record or document that a path names and that does not exist (404). */
export function notFound(what: string, id: string): ErpRefusal {
  return new ErpRefusal(
    `unknown_${what.replace(/ /g, '_')}`,
    `There is no ${what} ${id}.`,
    undefined,
    404,
  );
}
