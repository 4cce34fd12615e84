import { QUESTION_SCHEMA } from '../application/what-if/question';
import type { JsonObject } from '../domain/request/request';
import { MAX_FILES } from './policy-schemas';
import { object, text } from './schema-parts';

const MOMENT = text(40, 'A moment (ISO 8601), for example 2026-11-18T10:00:00Z');

const BUNDLE: JsonObject = {
  ...object({
    version: text(
      80,
      'Version of a stored bundle, or its first characters; absent: the active one',
    ),
    files: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_FILES,
      items: object(
        {
          path: text(140, 'For example policies/draft.yaml'),
          text: { type: 'string', description: 'Content of the file' },
        },
        ['path', 'text'],
      ),
      description: 'Files laid over that bundle: each replaces the one of its path, or is added',
    },
  }),
  description: 'The rules that are asked; absent: the active ones',
};

const REPLAY = object(
  {
    from: MOMENT,
    to: MOMENT,
    bundle: BUNDLE,
    cursor: text(12, 'nextCursor of the page before'),
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: 200,
      description: 'Changed requests in the answer; 50 when absent',
    },
  },
  ['from', 'to'],
);

/** Body of POST /v1/policies/simulate: one request, or a replay. */
export const WHAT_IF: JsonObject = {
  ...object({ request: QUESTION_SCHEMA, bundle: BUNDLE, replay: REPLAY }),
  minProperties: 1,
};
