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
import { saysMore } from './says-more';
import { valuesOf } from './values';

/**
 * Looks for the document that carries the id of the request.
 * @throws ConnectorUnavailable when the ERP cannot be asked, or when its answer does not have the
 *   shape that the file describes, holds only documents of others (it ignores the filter), or says
 *   that there is more: then "none" would be a guess
 */
export async function findDocument(
  parts: ConnectorParts,
  find: FindDefinition,
  input: PerformInput,
  context: CallContext,
): Promise<FindResult> {
  const answer = await readFrom(parts, find, valuesOf(input), context);
  if (!answer.found) return { found: 'none' };
  const { title } = parts.definition;
  const candidates = documentsIn(answer, find, title);
  // An earlier step of the same request may have written the same kind of document.
  const earlier = Object.values(input.done).flatMap(({ erpReference }) => erpReference ?? []);
  const ours = candidates.filter(
    ({ document }) => valueAt(document, find.match) === input.requestId,
  );
  const matching = ours.filter(({ brought }) => !earlier.includes(brought.erpReference ?? ''));
  const [candidate] = matching;
  if (candidate === undefined) {
    if (ours.length < candidates.length) {
      throw notSearched(
        title,
        `it answered documents of others, whose ${find.match} is not the id of the request, so it does not search by it. Correct find in the connector's file.`,
      );
    }
    if (find.list !== undefined && saysMore(answer.document, find.list)) {
      throw notSearched(
        title,
        "its answer says that there is more than it shows. Correct find in the connector's file, so that one page holds what is searched.",
      );
    }
    return { found: 'none' };
  }
  if (matching.length > 1) {
    const numbers = matching.map(({ brought }) => brought.erpReference ?? '?').join(', ');
    return {
      found: 'partial',
      message: `The ERP holds ${matching.length} documents for this request: ${numbers}.`,
    };
  }
  return judge(candidate, find);
}

/** Then "none" would be a guess, and what was written would be sent again. */
function notSearched(title: string, why: string): ConnectorUnavailable {
  return new ConnectorUnavailable(`${title} cannot be searched: ${why}`, 'mend');
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
    throw notSearched(
      title,
      `there is no list of documents at ${list || 'the top'} of its answer.`,
    );
  }
  const documents = found as JsonObject[];
  if (documents.length > 0 && documents.every((one) => valueAt(one, match) === undefined)) {
    throw notSearched(title, `the documents in its answer have no ${match}.`);
  }
  return documents.map((document, index) => {
    const at = list === undefined ? '' : `${list}/${index}`;
    return { document, brought: broughtBy({ json: answer, exact }, at, find) };
  });
}
