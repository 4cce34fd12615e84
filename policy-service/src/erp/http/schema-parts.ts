/** Pieces of the JSON Schema of a connector file. */

export const NAME = '^[a-z][a-z0-9_]*$';
export const HEADER = "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$";

/** `${NAME}` or text. */
export function setting(description: string): object {
  return { type: 'string', minLength: 1, maxLength: 500, description };
}

export function pointer(description: string): object {
  return {
    type: 'string',
    pattern: '^(/([^/~]|~[01])*)*$',
    maxLength: 200,
    description: `JSON pointer: ${description}`,
  };
}

export function pointers(description: string): object {
  return { type: 'object', additionalProperties: pointer('where the value is'), description };
}

export function timeout(description: string): object {
  return { type: 'integer', minimum: 1, maximum: 120_000, description };
}

export function statuses(description: string, minimum: number, maximum: number): object {
  return {
    type: 'array',
    items: { type: 'integer', minimum, maximum },
    uniqueItems: true,
    description,
  };
}

export const path = {
  type: 'string',
  pattern: '^/',
  maxLength: 500,
  description: 'Path below the base URL; a segment may be a placeholder such as {vendor_id}.',
};

export const query = {
  type: 'object',
  additionalProperties: { type: 'string', maxLength: 500 },
  description: 'Query: name -> text or placeholder.',
};

export const headers = {
  type: 'object',
  propertyNames: { pattern: HEADER },
  additionalProperties: { type: 'string', minLength: 1, maxLength: 500 },
  description: 'Further headers: name -> text or placeholder.',
};

export const body = {
  type: 'object',
  description: 'JSON body; a text that is a placeholder is replaced by the whole value.',
};

/** A place in the answer and what it may hold. */
export function condition(description: string): object {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['at', 'is'],
    description,
    properties: {
      at: pointer('the value to look at'),
      is: {
        type: 'array',
        minItems: 1,
        maxItems: 50,
        items: { type: ['string', 'number', 'boolean', 'null'] },
        description: 'The value must be one of these.',
      },
    },
  };
}
