import type { ConnectorLimits } from '../../application/ports';
import { parseSecret, parseSetting, type Setting } from '../setting';
import { ConnectorDefinitionError, type DefinitionProblem } from '../definition-error';
import { schemaProblems } from '../schema-problems';
import type { WalkTimes } from './walk';

/** What the files of all connectors to whole ERPs have in common. */
export interface BaseFile extends WalkTimes {
  id: string;
  title: string;
  url: string;
  database: string;
  limits: ConnectorLimits;
  redact: string[];
}

const setting = { type: 'string', minLength: 1, maxLength: 500 } as const;
const milliseconds = (minimum: number, maximum: number, standard: number) =>
  ({ type: 'integer', minimum, maximum, default: standard }) as const;

export const BASE_REQUIRED = ['id', 'title', 'type', 'url', 'database'];

/** JSON Schema of the common members, with their defaults. */
export const BASE_PROPERTIES = {
  id: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', maxLength: 60 },
  title: { type: 'string', minLength: 1, maxLength: 100 },
  url: setting,
  database: setting,
  timeoutMs: milliseconds(100, 120_000, 10_000),
  totalMs: milliseconds(100, 300_000, 40_000),
  settleMs: milliseconds(1, 30_000, 1_000),
  limits: {
    type: 'object',
    additionalProperties: false,
    properties: {
      concurrency: { type: 'integer', minimum: 1, maximum: 1_000, default: 4 },
      perSecond: { type: 'integer', minimum: 1, maximum: 10_000, default: 20 },
    },
    default: {},
  },
  redact: { type: 'array', items: { type: 'string', minLength: 1, maxLength: 100 }, default: [] },
};
export const SETTING = setting;
export const NAME_IN_ERP = { type: 'string', minLength: 1, maxLength: 100 } as const;

/** Runs a parser; what it throws is noted under the pointer and reading goes on. */
export interface SettingReader {
  setting(pointer: string, text: string): Setting;
  secret(pointer: string, text: string): Setting;
}

/**
 * Checks a connector file, fills in its defaults and reads it.
 * @throws ConnectorDefinitionError naming every wrong place by file and JSON pointer
 */
export function readDefinition<File, T>(
  value: unknown,
  file: string,
  schema: object,
  read: (file: File, reader: SettingReader) => T,
): T {
  const copy: unknown = structuredClone(value);
  const wrong = schemaProblems(schema, copy);
  if (wrong.length > 0) throw new ConnectorDefinitionError(file, wrong);
  const problems: DefinitionProblem[] = [];
  const at =
    (parse: (text: string) => Setting) =>
    (pointer: string, text: string): Setting => {
      try {
        return parse(text);
      } catch (error) {
        problems.push({ pointer, message: (error as Error).message });
        return {};
      }
    };
  const definition = read(copy as File, { setting: at(parseSetting), secret: at(parseSecret) });
  if (problems.length > 0) throw new ConnectorDefinitionError(file, problems);
  return definition;
}
