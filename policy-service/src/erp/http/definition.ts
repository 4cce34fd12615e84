import type { JsonObject } from '../../domain/request';
import {
  parseBody,
  parsePath,
  parseText,
  type BodyTemplate,
  type PathTemplate,
  type TextTemplate,
} from './template';
import { DEFINITION_SCHEMA } from './definition-schema';
import { schemaProblems } from './schema-problems';
import { parseSecret, parseSetting, type Setting } from './setting';
import { ConnectorDefinitionError, type DefinitionProblem } from './definition-error';

export type AuthDefinition =
  | { type: 'none' }
  | { type: 'bearer'; token: Setting }
  | { type: 'header'; header: string; value: Setting }
  | { type: 'basic'; username: Setting; password: Setting };

export interface RetryDefinition {
  /** Calls at most, the first one included. */
  attempts: number;
  initialDelayMs: number;
  maxDelayMs: number;
  /** No attempt starts, and none goes on, after this many milliseconds. */
  totalMs: number;
}

/** How a record is read. */
export interface LookupDefinition {
  path: PathTemplate;
  query: Record<string, TextTemplate>;
  /** Statuses that mean "there is no such record". Everything else that is no success is unavailability. */
  notFound: number[];
  timeoutMs: number;
  /** Field of the record -> JSON pointer into the answer. */
  fields: Record<string, string>;
}

export interface OperationDefinition {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: PathTemplate;
  query: Record<string, TextTemplate>;
  body?: BodyTemplate;
  /** Header in which the ERP honours an idempotency key. Without one a write is sent at most once. */
  idempotencyKeyHeader?: string;
  timeoutMs: number;
  success: number[];
  refusal: {
    statuses: number[];
    /** JSON pointer to the ERP's sentence. */
    message?: string;
  };
  /** JSON pointer to the number under which the ERP booked it; a success must carry it. */
  reference?: string;
  /** Member of the result -> JSON pointer into the answer. */
  result: Record<string, string>;
}

/** How one ERP is called over HTTP: a checked connector file. */
export interface HttpConnectorDefinition {
  id: string;
  title: string;
  type: 'http';
  baseUrl: Setting;
  auth: AuthDefinition;
  ping: { path: PathTemplate };
  retry: RetryDefinition;
  /** Further names of personal or secret members; redacted in what is recorded of a call. */
  redact: string[];
  lookups: Record<string, LookupDefinition>;
  operations: Record<string, OperationDefinition>;
}

/** A connector file after the schema has filled in its defaults. */
interface ConnectorFile {
  id: string;
  title: string;
  type: 'http';
  baseUrl: string;
  auth:
    | { type: 'none' }
    | { type: 'bearer'; token: string }
    | { type: 'header'; header: string; value: string }
    | { type: 'basic'; username: string; password: string };
  ping: { path: string };
  timeoutMs: number;
  retry: RetryDefinition;
  redact: string[];
  lookups: Record<string, LookupFile>;
  operations: Record<string, OperationFile>;
}
interface LookupFile extends Omit<LookupDefinition, 'path' | 'query' | 'timeoutMs'> {
  path: string;
  query?: Record<string, string>;
  timeoutMs?: number;
}
interface OperationFile extends Omit<OperationDefinition, 'path' | 'query' | 'body' | 'timeoutMs'> {
  path: string;
  query?: Record<string, string>;
  body?: JsonObject;
  timeoutMs?: number;
}

/**
 * Checks a connector file and prepares its templates.
 * @param value the parsed YAML
 * @param file name of the file, for the sentences
 * @throws ConnectorDefinitionError naming every wrong place by file and JSON pointer
 */
export function parseConnector(value: unknown, file: string): HttpConnectorDefinition {
  const copy: unknown = structuredClone(value);
  const wrong = schemaProblems(DEFINITION_SCHEMA, copy);
  if (wrong.length > 0) throw new ConnectorDefinitionError(file, wrong);
  const problems: DefinitionProblem[] = [];
  const definition = read(copy as ConnectorFile, (pointer, parse) => {
    try {
      return parse();
    } catch (error) {
      problems.push({ pointer, message: (error as Error).message });
      return undefined as never;
    }
  });
  if (problems.length > 0) throw new ConnectorDefinitionError(file, problems);
  return definition;
}

/** Runs a parser; what it throws is noted under the pointer and reading goes on. */
type At = <T>(pointer: string, parse: () => T) => T;

function read(file: ConnectorFile, at: At): HttpConnectorDefinition {
  return {
    id: file.id,
    title: file.title,
    type: 'http',
    baseUrl: at('/baseUrl', () => parseSetting(file.baseUrl)),
    auth: readAuth(file.auth, at),
    ping: { path: at('/ping/path', () => parsePath(file.ping.path)) },
    retry: file.retry,
    redact: file.redact,
    lookups: mapValues(file.lookups, (lookup, name) => ({
      ...lookup,
      path: at(`/lookups/${name}/path`, () => parsePath(lookup.path)),
      query: readQuery(lookup.query, `/lookups/${name}/query`, at),
      timeoutMs: lookup.timeoutMs ?? file.timeoutMs,
    })),
    operations: mapValues(file.operations, (operation, name) => {
      const { body } = operation;
      if (body !== undefined && operation.method === 'GET') {
        at(`/operations/${name}/body`, () => {
          throw new Error('A GET has no body. Use query, or another method.');
        });
      }
      return {
        ...operation,
        path: at(`/operations/${name}/path`, () => parsePath(operation.path)),
        query: readQuery(operation.query, `/operations/${name}/query`, at),
        body: body && at(`/operations/${name}/body`, () => parseBody(body)),
        timeoutMs: operation.timeoutMs ?? file.timeoutMs,
      };
    }),
  };
}

function readAuth(auth: ConnectorFile['auth'], at: At): AuthDefinition {
  switch (auth.type) {
    case 'none':
      return auth;
    case 'bearer':
      return { type: 'bearer', token: at('/auth/token', () => parseSecret(auth.token)) };
    case 'header':
      return { ...auth, value: at('/auth/value', () => parseSecret(auth.value)) };
    case 'basic':
      return {
        type: 'basic',
        username: at('/auth/username', () => parseSetting(auth.username)),
        password: at('/auth/password', () => parseSecret(auth.password)),
      };
  }
}

function readQuery(
  query: Record<string, string> | undefined,
  pointer: string,
  at: At,
): Record<string, TextTemplate> {
  return mapValues(query ?? {}, (text, name) => at(`${pointer}/${name}`, () => parseText(text)));
}

function mapValues<T, U>(
  record: Record<string, T>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
