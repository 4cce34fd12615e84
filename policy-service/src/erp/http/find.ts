import {
  ConnectorUnavailable,
  type CallContext,
  type FindResult,
  type PerformInput,
  type StepOutcome,
} from '../../application/ports';
import type { JsonObject } from '../../domain/request/request';
import { cutText } from '../../domain/request/storable';
import { broughtBy } from './brought';
import type { FindDefinition } from './definition';
import type { ConnectorParts } from './parts';
import { holds, valueAt } from './pointer';
import { readFrom, type ReadAnswer } from './read';
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
  const candidates = documentsIn(answer, find, parts.definition.title);
  // An earlier step of the same request may have written the same kind of document.
  const earlier = Object.values(input.done).flatMap(({ erpReference }) => erpReference ?? []);
  const matching = candidates.filter(
    ({ document, brought }) =>
      String(valueAt(document, find.match)) === input.requestId &&
      !earlier.includes(brought.erpReference ?? ''),
  );
  const [candidate] = matching;
  if (candidate === undefined) return { found: 'none' };
  if (matching.length > 1) {
    const numbers = matching.map(({ brought }) => brought.erpReference ?? '?').join(', ');
    return {
      found: 'partial',
      message: `The ERP holds ${matching.length} documents for this request: ${numbers}.`,
    };
  }
  return judge(candidate, find);
}

/** A document of the answer and what it would bring. */
interface Candidate {
  document: JsonObject;
  brought: StepOutcome;
}

function judge({ document, brought }: Candidate, find: FindDefinition): FindResult {
  const { erpReference } = brought;
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
      message: `The ERP holds a document whose ${doneWhen.at} is ${cutText(value, 100)}.`,
    };
  }
  return { found: 'done', ...brought };
}

function documentsIn(
  { document: answer, exact }: Extract<ReadAnswer, { found: true }>,
  find: FindDefinition,
  title: string,
): Candidate[] {
  const { list, match } = find;
  const found = list === undefined ? [answer] : valueAt(answer, list);
  if (!Array.isArray(found) || found.some((one) => typeof one !== 'object' || one === null)) {
    throw new ConnectorUnavailable(
      `${title} cannot be searched: there is no list of documents at ${list || 'the top'} of its answer.`,
      'mend',
    );
  }
  const documents = found as JsonObject[];
  const candidates = documents.flatMap((document, index) => {
    if (valueAt(document, match) === undefined) return [];
    const at = list === undefined ? '' : `${list}/${index}`;
    return [{ document, brought: broughtBy({ json: answer, exact }, at, find) }];
  });
  if (documents.length > 0 && candidates.length === 0) {
    throw new ConnectorUnavailable(
      `${title} cannot be searched: the documents in its answer have no ${match}.`,
      'mend',
    );
  }
  return candidates;
}
