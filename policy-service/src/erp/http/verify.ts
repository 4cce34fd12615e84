import {
  ConnectorUnavailable,
  type CallContext,
  type PerformInput,
  type Verified,
} from '../../application/ports';
import type { JsonObject, Json } from '../../domain/request/request';
import { cutText } from '../../domain/request/storable';
import type { OperationDefinition, VerifyDefinition } from './definition';
import { findDocument } from './find';
import type { ConnectorParts } from './parts';
import { valueAt } from './pointer';
import { readFrom } from './read';
import { renderBody, TemplateError, textFor, type TextTemplate } from './template';
import { valuesOf } from './values';

/**
 * Holds the document under a number to what was written: read by the number where the file says
 * how, else searched by the request's id.
 * @returns undefined when the file declares neither
 * @throws ConnectorUnavailable
 */
export async function verifyDocument(
  parts: ConnectorParts,
  operation: OperationDefinition,
  written: PerformInput,
  context: CallContext,
): Promise<Verified | undefined> {
  const { verify, find } = operation;
  const number = written.arguments['erp_reference'];
  if (verify && number !== undefined) return readByNumber(parts, verify, written, context);
  if (!find) return undefined;
  const found = await findDocument(parts, find, written, context);
  switch (found.found) {
    case 'none':
      return {
        same: false,
        gone: true,
        message: `${parts.definition.title} shows no document under the id of the request.`,
      };
    case 'partial':
      return { same: false, gone: false, message: found.message };
    case 'done':
      return number === undefined || found.erpReference === number
        ? { same: true }
        : {
            same: false,
            gone: false,
            message: `What the request wrote has the number ${found.erpReference ?? '(none)'} and not ${String(number)}.`,
          };
  }
}

async function readByNumber(
  parts: ConnectorParts,
  verify: VerifyDefinition,
  written: PerformInput,
  context: CallContext,
): Promise<Verified> {
  const values = valuesOf(written);
  const answer = await readFrom(parts, { ...verify, method: 'GET' }, values, context);
  const number = String(written.arguments['erp_reference']);
  if (!answer.found) {
    const message = `${parts.definition.title} has no document ${number} any more.`;
    return { same: false, gone: true, message };
  }
  const differences = differencesOf(parts, answer.document, verify, values);
  if (differences.length === 0) return { same: true };
  const message = parts.redactor.text(
    `The document ${number} is not the one that was written: ${differences.join('; ')}.`,
  );
  return { same: false, gone: false, message };
}

function differencesOf(
  { definition }: ConnectorParts,
  document: JsonObject | Json[],
  { same }: VerifyDefinition,
  values: JsonObject,
): string[] {
  return Object.entries(same).flatMap(([pointer, template]) => {
    const expected = writtenFor(template, values, definition.title);
    if (expected === undefined) return [];
    const value = valueAt(document, pointer);
    if (plain(value) === plain(expected)) return [];
    const there = cutText(JSON.stringify(value ?? null), 100);
    return [`${pointer} is ${there} and not ${cutText(JSON.stringify(expected), 100)}`];
  });
}

/** What was written there; undefined where it may be absent and is. @throws ConnectorUnavailable */
function writtenFor(template: TextTemplate, values: JsonObject, title: string): Json | undefined {
  try {
    if ('literal' in template) return textFor(template, values);
    const value = renderBody({ kind: 'value', placeholder: template }, values);
    // Fractions too, which have no place in a path.
    return typeof value === 'number' ? value : textFor(template, values);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const message = `What ${title} holds cannot be compared with what was written: ${error.message} Correct verify in the connector's file.`;
    throw new ConnectorUnavailable(message, 'mend');
  }
}

/** Texts as they are; a decimal number without the zeros that say nothing. */
function plain(value: Json | undefined): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    return undefined;
  }
  const text = String(value);
  // Not by a pattern for zeros at the end, which takes time by the square of zeros elsewhere.
  return /^-?(0|[1-9][0-9]*)\.[0-9]+$/.test(text) ? text.slice(0, endWithoutZeros(text)) : text;
}

function endWithoutZeros(decimal: string): number {
  let end = decimal.length;
  while (decimal[end - 1] === '0') end -= 1;
  return decimal[end - 1] === '.' ? end - 1 : end;
}
