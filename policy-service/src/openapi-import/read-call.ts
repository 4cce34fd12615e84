import type { Json, JsonObject } from '../domain/request/request';
import { carrySchema, isReadOnly, MAX_MEMBERS, membersOf, type Carrying } from './carry-schema';
import { parseHeader, parsePath } from '../erp/http/template';
import { isNode, type Node, type OpenApiDocument } from './document';
import { Unsupported } from './import-error';
import { argumentName, freeName, humanName } from './names';
import type { ImportOperation } from './operations';

/** The call of one operation, its arguments flattened into one object. */
export interface ReadCall {
  /** Templates as a connector file has them. */
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body?: JsonObject;
  /** JSON Schema of the arguments. */
  schema: JsonObject;
  /** Names in the document of what is sent. */
  sent: string[];
  /** Sentences about what is not carried over. */
  notes: string[];
}

interface Argument {
  place: 'path' | 'query' | 'header' | 'body';
  /** Name in the document. */
  source: string;
  schema: unknown;
  required: boolean;
  seen?: readonly string[];
}

const SECRET = /password|passphrase|secret|(^|_)token$|api_key|private_key|credential_data/;

/** Headers that describe the call itself (OpenAPI 3.1, 4.8.12.1). */
const OWN_HEADERS = ['accept', 'content-type', 'authorization'];

/**
 * Flattens path, query, headers and body of an operation into arguments.
 * @throws Unsupported when a part that must be sent has no counterpart
 */
export function readCall(document: OpenApiDocument, operation: ImportOperation): ReadCall {
  const call: ReadCall = {
    path: operation.path,
    query: {},
    headers: {},
    schema: {},
    sent: [],
    notes: [],
  };
  const note = (sentence: string): void => void call.notes.push(sentence);
  const properties: JsonObject = {};
  const required: string[] = [];
  const at = (name: string, seen: readonly string[] = []): Carrying => ({
    document,
    name,
    seen,
    depth: 0,
    note,
  });

  const add = (argument: Argument): void => {
    const { place, source } = argument;
    try {
      const schema = sendable(
        place,
        carrySchema(argument.schema, at(source, argument.seen)),
        source,
        note,
      );
      if (place === 'header') asUnsupported(() => parseHeader(source, '{value}'));
      const name = freeName(argumentName(source), place, (one) => Object.hasOwn(properties, one));
      properties[name] = { ...schema, title: humanName(source) };
      if (SECRET.test(name)) {
        note(`${source} looks like a secret, but arguments stand in the log in full: remove it.`);
      }
      call.sent.push(source);
      if (argument.required) required.push(name);
      put(call, argument, `{${name}${argument.required ? '' : '?'}}`);
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      if (argument.required) throw error;
      note(`${source} is left out: ${error.message}.`);
    }
  };

  const inBody = bodyArguments(document, operation, call, at);
  const lost = operation.parameters.flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []));
  if (lost.length > 0) {
    throw new Unsupported(
      `its parameters cannot be followed, and may have to be sent: ${lost.join(', ')}`,
    );
  }
  const count = operation.parameters.length + inBody.length;
  if (count > MAX_MEMBERS) {
    throw new Unsupported(`it takes ${count} arguments; no more than ${MAX_MEMBERS} are imported`);
  }
  for (const parameter of operation.parameters) {
    const argument = argumentOf(parameter, operation, note);
    if (argument) add(argument);
  }
  for (const argument of inBody) add(argument);
  asUnsupported(() => parsePath(call.path));
  call.schema = { type: 'object', additionalProperties: false, required, properties };
  return call;
}

function argumentOf(
  parameter: Node,
  operation: ImportOperation,
  note: (sentence: string) => void,
): Argument | undefined {
  const source = String(parameter['name']);
  const place = parameter['in'];
  const required = place === 'path' || parameter['required'] === true;
  if (place === 'header') {
    const name = source.toLowerCase();
    if (OWN_HEADERS.includes(name) || source === operation.keyHeader) return undefined;
  }
  if (place !== 'path' && place !== 'query' && place !== 'header') {
    if (required) throw new Unsupported(`${source} is sent in ${String(place ?? 'a reference')}`);
    note(`${source} is left out: it is sent in ${String(place)}.`);
    return undefined;
  }
  return { place, source, schema: parameter['schema'], required };
}

function bodyArguments(
  document: OpenApiDocument,
  { method, node }: ImportOperation,
  call: ReadCall,
  at: (name: string, seen?: readonly string[]) => Carrying,
): Argument[] {
  if (node['requestBody'] === undefined || method === 'GET') return [];
  const { node: body } = document.resolve(node['requestBody']);
  const media = isNode(body['content']) ? Object.entries(body['content']) : [];
  const json = media.find(([type]) => /^application\/([a-z0-9.-]+\+)?json\b/i.test(type));
  if (!json) {
    const types = media.map(([type]) => type).join(', ') || 'of no named kind';
    if (body['required'] === true) throw new Unsupported(`its body is ${types}; only JSON is sent`);
    call.notes.push(`The body is left out: it is ${types}; only JSON is sent.`);
    return [];
  }
  const [type, content] = json;
  if (!/^application\/json\b/i.test(type)) call.headers['Content-Type'] = type;
  const schema = isNode(content) ? content['schema'] : undefined;
  const { members, required, seen } = membersOf(schema, at('the body'));
  const sent = members.filter(([, member]) => !isReadOnly(member, at('the body', seen)));
  if (sent.length === 0 && body['required'] === true) {
    throw new Unsupported('the members of its body are not named one by one');
  }
  call.body = {};
  return sent.map(([source, member]) => ({
    place: 'body',
    source,
    schema: member,
    required: required.includes(source),
    seen,
  }));
}

/** A path, a query and a header carry texts: a number is written as a decimal. */
function sendable(
  place: Argument['place'],
  schema: JsonObject,
  source: string,
  note: (sentence: string) => void,
): JsonObject {
  const { type, title, description } = schema;
  if (place === 'path' && type === 'string') return oneSegment(schema, source, note);
  if (place !== 'body' && type === 'integer' && !isLimited(schema)) {
    return { ...definedOnly({ title, description }), ...WHOLE };
  }
  if (place === 'body' || type === 'string' || type === 'integer' || type === 'boolean') {
    return schema;
  }
  if (type === 'number') {
    return { ...definedOnly({ title, description }), ...DECIMAL };
  }
  throw new Unsupported(`${source} is of type ${String(type)} in the ${place}`);
}

/**
 * What a path value may be: no separator, no escape, and not a step upwards. Systems decode and
 * join paths in ways of their own, so that a value with one of them can lead to another route.
 */
const SEGMENT = '^[^\\s/\\\\%?#.][^\\s/\\\\%?#]*$';

function oneSegment(
  schema: JsonObject,
  source: string,
  note: (sentence: string) => void,
): JsonObject {
  const values = schema['enum'];
  if (Array.isArray(values)) {
    const safe = values.filter((value) => new RegExp(SEGMENT).test(String(value)));
    if (safe.length < values.length)
      note(`Values of ${source} that hold /, \\, % or begin with a dot are left out.`);
    if (safe.length === 0) throw new Unsupported(`no value of ${source} can stand in a path`);
    return { ...schema, enum: safe };
  }
  const { pattern } = schema;
  if (pattern === undefined) return { ...schema, pattern: SEGMENT };
  return { ...schema, allOf: [{ pattern: SEGMENT, maxLength: schema['maxLength'] ?? 0 }] };
}

/** A number with bounds of its own stays one, so that they hold. */
function isLimited(schema: JsonObject): boolean {
  return ['enum', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'].some(
    (keyword) => schema[keyword] !== undefined,
  );
}

/** As a text, so that ids that JavaScript cannot hold exactly go through. */
const WHOLE: JsonObject = {
  type: 'string',
  pattern: '^-?(0|[1-9][0-9]{0,18})$',
  maxLength: 20,
  examples: ['1'],
};

const DECIMAL: JsonObject = {
  type: 'string',
  pattern: '^-?[0-9]+([.][0-9]+)?$',
  maxLength: 40,
  examples: ['1'],
};

function definedOnly(values: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as JsonObject;
}

function asUnsupported(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    throw new Unsupported((error as Error).message.replace(/\.$/, ''));
  }
}

function put(call: ReadCall, { place, source }: Argument, placeholder: Json & string): void {
  switch (place) {
    case 'path':
      call.path = call.path.replace(`{${source}}`, placeholder);
      return;
    case 'query':
      call.query[source] = placeholder;
      return;
    case 'header':
      call.headers[source] = placeholder;
      return;
    case 'body':
      call.body = { ...call.body, [source]: placeholder };
  }
}
