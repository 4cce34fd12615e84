import {
  ConnectorUnavailable,
  type CallContext,
  type FindResult,
  type PerformInput,
} from '../../application/ports';
import type { Json, JsonObject } from '../../domain/request';
import type { FindDefinition } from './definition';
import type { ConnectorParts } from './parts';
import { holds, pick, valueAt } from './pointer';
import { readFrom } from './read';
import { valuesOf } from './values';

/**
 * Looks for the document that carries the id of the request.
 * @throws ConnectorUnavailable when the ERP cannot be asked, or when its answer does not have the
 *   shape that the file describes: then "none" would be a guess
 */
export async function findDocument(
  parts: ConnectorParts,
  find: FindDefinition,
  input: PerformInput,
  context: CallContext,
): Promise<FindResult> {
  const answer = await readFrom(parts, find, valuesOf(input), context);
  if (!answer.found) return { found: 'none' };
  const candidates = documentsIn(answer.document, find, parts.definition.title);
  // An earlier step of the same request may have written the same kind of document.
  const earlier = Object.values(input.done).flatMap(({ erpReference }) => erpReference ?? []);
  const matching = candidates.filter(
    (one) =>
      String(valueAt(one, find.match)) === input.requestId &&
      !earlier.includes(referenceOf(one, find) ?? ''),
  );
  const [document] = matching;
  if (document === undefined) return { found: 'none' };
  if (matching.length > 1) {
    const numbers = matching.map((one) => referenceOf(one, find) ?? '?').join(', ');
    return {
      found: 'partial',
      message: `The ERP holds ${matching.length} documents for this request: ${numbers}.`,
    };
  }
  return judge(document, find);
}

function judge(document: JsonObject, find: FindDefinition): FindResult {
  const erpReference = referenceOf(document, find);
  const known = erpReference === undefined ? {} : { erpReference };
  if (find.reference !== undefined && erpReference === undefined) {
    return { found: 'partial', message: 'The ERP holds a document that has no number yet.' };
  }
  const { doneWhen } = find;
  if (doneWhen && !holds(document, doneWhen)) {
    const value = JSON.stringify(valueAt(document, doneWhen.at) ?? null);
    return {
      found: 'partial',
      ...known,
      message: `The ERP holds a document whose ${doneWhen.at} is ${value.slice(0, 100)}.`,
    };
  }
  return { found: 'done', ...known, result: pick(document, find.result) };
}

function documentsIn(
  answer: JsonObject | Json[],
  { list, match }: FindDefinition,
  title: string,
): JsonObject[] {
  const found = list === undefined ? [answer] : valueAt(answer, list);
  if (!Array.isArray(found) || found.some((one) => typeof one !== 'object' || one === null)) {
    throw new ConnectorUnavailable(
      `${title} cannot be searched: there is no list of documents at ${list || 'the top'} of its answer.`,
      'mend',
    );
  }
  const documents = found as JsonObject[];
  const readable = documents.filter((one) => valueAt(one, match) !== undefined);
  if (documents.length > 0 && readable.length === 0) {
    throw new ConnectorUnavailable(
      `${title} cannot be searched: the documents in its answer have no ${match}.`,
      'mend',
    );
  }
  return readable;
}

function referenceOf(document: JsonObject, { reference }: FindDefinition): string | undefined {
  const value = reference === undefined ? undefined : valueAt(document, reference);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
