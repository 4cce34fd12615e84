import type { UnusableValue } from '../../application/ports';
import type { JsonObject } from '../../domain/request/request';
import type { CallTemplate } from './definition';
import {
  renderHeaders,
  renderPath,
  renderQuery,
  TemplateError,
  type TextTemplate,
} from './template';

/**
 * Arguments that are given and can never be sent in their place of a call, each with the reason.
 * Values of the body fit always; what is not there yet is judged when the call is made.
 */
export function unusableValues(
  { path, query, headers }: Pick<CallTemplate, 'path' | 'query' | 'headers'>,
  values: JsonObject,
): UnusableValue[] {
  return [
    ...path.flatMap((part) => problemOf(part, values, () => renderPath([part], values))),
    ...Object.entries(query).flatMap(([name, part]) =>
      problemOf(part, values, () => renderQuery({ [name]: part }, values)),
    ),
    ...Object.entries(headers).flatMap(([name, part]) =>
      problemOf(part, values, () => renderHeaders({ [name]: part }, values)),
    ),
  ];
}

function problemOf(part: TextTemplate, values: JsonObject, render: () => unknown): UnusableValue[] {
  if ('literal' in part || (values[part.argument] ?? null) === null) return [];
  try {
    render();
    return [];
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return [{ name: part.argument, message: error.message }];
  }
}
