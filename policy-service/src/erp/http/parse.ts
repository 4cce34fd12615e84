import { durationSeconds } from '../../domain/duration';
import type { JsonObject } from '../../domain/request/request';
import { ConnectorDefinitionError, type DefinitionProblem } from '../definition-error';
import { schemaProblems } from '../schema-problems';
import { parseSecret, parseSetting, type Setting } from '../setting';
import type {
  AuthDefinition,
  CallTemplate,
  FindDefinition,
  HttpConnectorDefinition,
  LookupDefinition,
  LookupMatch,
  OAuth2Definition,
  OperationDefinition,
  TlsDefinition,
  VerifyDefinition,
} from './definition';
import { DEFINITION_SCHEMA } from './definition-schema';
import { parseBody, parseHeader, parsePath, parseText, type BodyTemplate } from './template';

/** The parts of a file that are texts until they are parsed. */
interface CallFile {
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: JsonObject;
  timeoutMs?: number;
}
type Written<T> = Omit<T, keyof CallTemplate | 'timeoutMs'> & CallFile;
type LookupFile = Omit<Written<LookupDefinition>, 'match'> & {
  match?: Record<string, string | { at: string; ignoreCase?: boolean }>;
};
type FindFile = Omit<Written<FindDefinition>, 'result'> & { result?: Record<string, string> };
type VerifyFile = Omit<Written<VerifyDefinition>, 'same'> & { same: Record<string, string> };
type OperationFile = Omit<Written<OperationDefinition>, 'find' | 'verify' | 'keyWindowMs'> & {
  find?: FindFile;
  verify?: VerifyFile;
  keyWindow?: string;
};
type Texts<T> = { [K in keyof T]: Setting extends T[K] ? string : T[K] };
type AuthFile<T = AuthDefinition> = T extends AuthDefinition ? Texts<T> : never;

/** A connector file after the schema has filled in its defaults. */
interface ConnectorFile extends Omit<
  HttpConnectorDefinition,
  'baseUrl' | 'auth' | 'tls' | 'headers' | 'ping' | 'lookups' | 'operations'
> {
  baseUrl: string;
  auth: AuthFile;
  tls: { [K in keyof TlsDefinition]: string };
  headers: Record<string, string>;
  ping: { path: string };
  timeoutMs: number;
  lookups: Record<string, LookupFile>;
  operations: Record<string, OperationFile>;
}

/** Runs a parser; what it throws is noted under the pointer and reading goes on. */
type At = <T>(pointer: string, parse: () => T) => T;

/**
 * Checks the file of an HTTP connector and prepares its templates.
 * @param value the parsed YAML
 * @param file name of the file, for the sentences
 * @throws ConnectorDefinitionError naming every wrong place by file and JSON pointer
 */
export function parseHttp(value: unknown, file: string): HttpConnectorDefinition {
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

function read(file: ConnectorFile, at: At): HttpConnectorDefinition {
  const { timeoutMs, ...common } = file;
  return {
    ...common,
    baseUrl: at('/baseUrl', () => parseSetting(file.baseUrl)),
    auth: readAuth(file.auth, at),
    tls: readTls(file.tls, at),
    headers: mapValues(file.headers, (text, name) =>
      at(`/headers/${name}`, () => {
        parseHeader(name, 'text');
        return parseSetting(text);
      }),
    ),
    ping: { path: at('/ping/path', () => parsePath(file.ping.path)) },
    lookups: mapValues(file.lookups, (lookup, name) => ({
      ...lookup,
      ...readCall(lookup, `/lookups/${name}`, at),
      match: readMatch(lookup, `/lookups/${name}/match`, at),
      // Without the record in the path, a missing page is a missing route.
      notFound: lookup.path.includes('{') ? lookup.notFound : [],
      timeoutMs: lookup.timeoutMs ?? timeoutMs,
    })),
    operations: mapValues(file.operations, (operation, name) => {
      const { reverse } = operation;
      const read = readOperation(operation, `/operations/${name}`, timeoutMs, at);
      if (reverse !== undefined && !Object.hasOwn(file.operations, reverse)) {
        at(`/operations/${name}/reverse`, () => {
          throw new Error(`There is no operation ${reverse} in this file.`);
        });
      }
      return read;
    }),
  };
}

/** A field that has the name of a parameter names the record, where the file does not say. */
function readMatch(lookup: LookupFile, pointer: string, at: At): Record<string, LookupMatch> {
  const parameters = parametersOf(lookup);
  if (lookup.match === undefined) {
    const named = parameters.filter((name) => Object.hasOwn(lookup.fields, name));
    return Object.fromEntries(
      named.map((name) => {
        const implied = lookup.path.split('/').includes(`{${name}}`);
        return [name, { at: lookup.fields[name] as string, ignoreCase: false, implied }];
      }),
    );
  }
  return mapValues(lookup.match, (field, name) => {
    if (!parameters.includes(name)) {
      at(`${pointer}/${name}`, () => {
        throw new Error(`The lookup has no placeholder {${name}}.`);
      });
    }
    const { at: where, ignoreCase = false } = typeof field === 'string' ? { at: field } : field;
    return { at: where, ignoreCase };
  });
}

function parametersOf({ path, query = {}, headers = {} }: LookupFile): string[] {
  const texts = [...path.split('/'), ...Object.values(query), ...Object.values(headers)];
  return [...new Set(texts.flatMap((text) => /^\{([a-z][a-z0-9_]*)\??\}$/.exec(text)?.[1] ?? []))];
}

function readOperation(
  { find, verify, keyWindow, ...operation }: OperationFile,
  pointer: string,
  timeoutMs: number,
  at: At,
): OperationDefinition {
  const reads = operation.method === 'GET';
  if (reads && operation.body !== undefined) {
    at(`${pointer}/body`, () => {
      throw new Error('A GET has no body. Use query, or another method.');
    });
  }
  if (reads && find) {
    at(`${pointer}/find`, () => {
      throw new Error('A GET writes nothing that could be found. Remove find.');
    });
  }
  return {
    ...operation,
    ...readCall(operation, pointer, at),
    timeoutMs: operation.timeoutMs ?? timeoutMs,
    ...(keyWindow === undefined
      ? {}
      : { keyWindowMs: at(`${pointer}/keyWindow`, () => durationSeconds(keyWindow) * 1000) }),
    ...(find && {
      find: {
        ...find,
        ...readCall(find, `${pointer}/find`, at),
        reference: find.reference ?? operation.reference,
        result: find.result ?? operation.result,
        timeoutMs: find.timeoutMs ?? timeoutMs,
      },
    }),
    ...(verify && {
      verify: {
        ...verify,
        ...readCall(verify, `${pointer}/verify`, at),
        same: mapValues(verify.same, (text, name) =>
          at(`${pointer}/verify/same/${name.slice(1)}`, () => parseText(text)),
        ),
        timeoutMs: verify.timeoutMs ?? timeoutMs,
      },
    }),
  };
}

function readCall(
  call: CallFile,
  pointer: string,
  at: At,
): CallTemplate & { body: BodyTemplate | undefined } {
  const { body } = call;
  return {
    // Named even when absent: it replaces the text of the file.
    body: body && at(`${pointer}/body`, () => parseBody(body)),
    path: at(`${pointer}/path`, () => parsePath(call.path)),
    query: mapValues(call.query ?? {}, (text, name) =>
      at(`${pointer}/query/${name}`, () => parseText(text)),
    ),
    headers: mapValues(call.headers ?? {}, (text, name) =>
      at(`${pointer}/headers/${name}`, () => parseHeader(name, text)),
    ),
  };
}

function readAuth(auth: AuthFile, at: At): AuthDefinition {
  const setting = (name: string, text: string): Setting =>
    at(`/auth/${name}`, () => parseSetting(text));
  const secret = (name: string, text: string): Setting =>
    at(`/auth/${name}`, () => parseSecret(text));
  switch (auth.type) {
    case 'none':
      return auth;
    case 'bearer':
      return { type: 'bearer', token: secret('token', auth.token) };
    case 'header':
      return { type: 'header', header: auth.header, value: secret('value', auth.value) };
    case 'basic':
      return {
        type: 'basic',
        username: setting('username', auth.username),
        password: secret('password', auth.password),
      };
    case 'oauth2':
      return {
        ...(auth as Omit<OAuth2Definition, 'tokenUrl' | 'clientId' | 'clientSecret'>),
        tokenUrl: setting('tokenUrl', auth.tokenUrl),
        clientId: setting('clientId', auth.clientId),
        clientSecret: secret('clientSecret', auth.clientSecret),
      };
  }
}

function readTls(tls: ConnectorFile['tls'], at: At): TlsDefinition {
  if ((tls.certFile === undefined) !== (tls.keyFile === undefined)) {
    at('/tls', () => {
      throw new Error('Give certFile and keyFile together.');
    });
  }
  return Object.fromEntries(
    Object.entries(tls).map(([name, text]) => [
      name,
      at(`/tls/${name}`, () => (name === 'passphrase' ? parseSecret(text) : parseSetting(text))),
    ]),
  );
}

function mapValues<T, U>(
  record: Record<string, T>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
