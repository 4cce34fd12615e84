import { membersOf, type Carrying } from './carry-schema';
import { isNode, type Node, type OpenApiDocument } from './document';
import { chooseReference } from './choose-reference';
import { Unsupported } from './import-error';
import { argumentName } from './names';
import type { ImportOperation } from './operations';

/** How the answers of an operation are read, as a connector file has it. */
export interface ReadAnswer {
  success: number[];
  refusal: { statuses: number[]; message?: string };
  reference?: string;
  result: Record<string, string>;
  notes: string[];
}

/** Documented statuses by which a server says that it wrote nothing. */
const REFUSALS = [400, 403, 404, 409, 410, 412, 422, 423];
const MAX_RESULT = 8;

/**
 * What the document says about success, refusal and the number of what was written.
 * @param sent names, in the document, of what the call sends
 * @param givenReference see chooseReference
 * @throws Unsupported
 */
export function readAnswers(
  document: OpenApiDocument,
  operation: ImportOperation,
  sent: string[],
  givenReference: string | undefined,
): ReadAnswer {
  const { node, method } = operation;
  const responses = isNode(node['responses']) ? node['responses'] : {};
  const statuses = Object.keys(responses).map(Number);
  const notes: string[] = [];
  const success = statuses.filter((status) => status >= 200 && status < 300);
  if (success.length === 0) {
    success.push(200, 201, 204);
    notes.push('The document names no status of success; 200, 201 and 204 are taken.');
  }
  if (success.includes(202) && method !== 'GET') {
    notes.push('Status 202 says that the system will do it, not that it has done it.');
  }
  const unread = [...success, ...REFUSALS].flatMap((status) => {
    const why = whyUnread(document, responses[String(status)]);
    return why === undefined ? [] : [{ status, why }];
  });
  for (const { status, why } of unread) {
    notes.push(`The answer with status ${status} is not read: ${why}.`);
  }
  const [lost] = unread.filter(({ status }) => success.includes(status));
  if (method !== 'GET' && lost !== undefined && givenReference !== 'none') {
    throw new Unsupported(
      `its answer with status ${lost.status} cannot be read (${lost.why}), so nothing names what is written. Put what it refers to into the document, or say --reference ${operation.id}=none`,
    );
  }
  const refused = REFUSALS.filter((status) => statuses.includes(status));
  const message = refused
    .map((status) => sentencePointer(document, responses[String(status)]))
    .find((pointer) => pointer !== undefined);
  const answer = success
    .map((status) => membersOfAnswer(document, responses[String(status)]))
    .find((one) => one !== undefined);
  const simple = (answer?.members ?? []).filter(([, schema]) => isSimple(document, schema));
  const required = simple.map(([name]) => name).filter((name) => answer?.required.includes(name));
  const reference =
    method === 'GET' ? undefined : chooseReference(operation, required, sent, givenReference);
  return {
    success,
    refusal: { statuses: refused, ...(message === undefined ? {} : { message }) },
    ...(reference === undefined ? {} : { reference: pointerTo(reference) }),
    result: Object.fromEntries(
      simple.slice(0, MAX_RESULT).map(([name]) => [argumentName(name), pointerTo(name)]),
    ),
    notes,
  };
}

function sentencePointer(document: OpenApiDocument, response: unknown): string | undefined {
  const members = membersOfAnswer(document, response)?.members ?? [];
  const of = (name: string): unknown => members.find(([one]) => one === name)?.[1];
  for (const name of ['detail', 'message', 'error_description', 'title', 'error', 'description']) {
    const schema = of(name);
    if (schema === undefined) continue;
    if (isSimple(document, schema)) return pointerTo(name);
    const inner = membersSafely(document, schema)?.members ?? [];
    if (name === 'error' && inner.some(([one]) => one === 'message')) return '/error/message';
  }
  return undefined;
}

/** Why the members of a documented answer are not known, where a reference of it cannot be followed. */
function whyUnread(document: OpenApiDocument, response: unknown): string | undefined {
  if (response === undefined) return undefined;
  try {
    const schema = schemaOf(document, response);
    if (isNode(schema)) membersOf(schema, answerAt(document));
    return undefined;
  } catch (error) {
    if (error instanceof Unsupported) return error.message;
    throw error;
  }
}

/** @throws Unsupported */
function schemaOf(document: OpenApiDocument, response: unknown): unknown {
  const { node } = document.resolve(response);
  const media = isNode(node['content']) ? Object.entries(node['content']) : [];
  const content = media.find(([type]) => /json/i.test(type))?.[1];
  return isNode(content) ? content['schema'] : undefined;
}

function answerAt(document: OpenApiDocument): Carrying {
  return { document, name: 'the answer', seen: [], depth: 0, note: () => undefined };
}

function membersOfAnswer(document: OpenApiDocument, response: unknown) {
  try {
    const schema = schemaOf(document, response);
    return schema === undefined ? undefined : membersSafely(document, schema);
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

function membersSafely(document: OpenApiDocument, schema: unknown) {
  try {
    return membersOf(schema, answerAt(document));
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

function isSimple(document: OpenApiDocument, schema: unknown): boolean {
  let node: Node;
  try {
    ({ node } = document.resolve(schema));
  } catch {
    return false;
  }
  return [node['type']]
    .flat()
    .some((type) => ['string', 'integer', 'number', 'boolean'].includes(String(type)));
}

function pointerTo(name: string): string {
  return `/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`;
}
