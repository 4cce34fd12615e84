import { ErpRefusal } from './refusal';

/** The members of a call's body, read one by one; every wrong member is refused by name. */
export class Body {
  private readonly members: Record<string, unknown>;

  /** A call without a body counts as `{}`. @throws ErpRefusal when the body is not an object or holds a member that is not in `known` */
  constructor(given: unknown, known: readonly string[]) {
    const value = given ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) {
      throw new ErpRefusal('bad_body', 'The body must be a JSON object.', undefined, 400);
    }
    this.members = value as Record<string, unknown>;
    const unknown = Object.keys(this.members).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new ErpRefusal('unknown_field', `The field ${unknown} is not known here.`, unknown);
    }
  }

  raw(name: string): unknown {
    return this.members[name];
  }

  /** A string of 1 to 500 characters. */
  text(name: string): string {
    const value = this.members[name];
    if (typeof value !== 'string' || value.length === 0 || value.length > 500) {
      throw new ErpRefusal(
        'bad_field',
        `The field ${name} must be a text of 1 to 500 characters.`,
        name,
      );
    }
    return value;
  }

  optionalText(name: string): string | null {
    return this.members[name] === undefined ? null : this.text(name);
  }

  oneOf(name: string, values: readonly string[]): string {
    const value = this.text(name);
    if (!values.includes(value)) {
      throw new ErpRefusal(
        'bad_field',
        `The field ${name} must be one of ${values.join(', ')}.`,
        name,
      );
    }
    return value;
  }

  /** A safe integer other than 0. */
  quantity(name: string): number {
    const value = this.members[name];
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value === 0) {
      throw new ErpRefusal(
        'bad_quantity',
        `The field ${name} must be a whole number other than 0.`,
        name,
      );
    }
    return value;
  }
}
