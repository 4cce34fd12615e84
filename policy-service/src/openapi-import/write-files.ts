import { basename } from 'node:path';
import { stringify } from 'yaml';
import type { SourceFile } from '../application/ports';
import type { JsonObject } from '../domain/request/request';
import type { OpenApiDocument } from './document';
import { exampleArguments } from './example';
import { Unsupported } from './import-error';
import { argumentName } from './names';
import { listOperations, type ImportOperation } from './operations';
import { readAnswers } from './read-answer';
import { readCall } from './read-call';
import { addressOf, authOf, pingPath, variable } from './server';

export interface ImportChoice {
  /** Operations to import. */
  operations: ImportOperation[];
  /** Id of the connector that is written. */
  connector: string;
  baseUrl?: string;
  /** Pointer to the reference in an operation's answer, or `none`, by operation id. */
  references: ReadonlyMap<string, string>;
  /** Where the document came from, for the comments. */
  source: string;
}

export interface ImportedFiles {
  files: SourceFile[];
  /** Ids of the actions. */
  actions: string[];
  /** Operations that have no counterpart, and why. */
  skipped: { operation: string; reason: string }[];
  /** Environment variables that the connector needs. */
  settings: string[];
  /** All that the connector's file names, with those that have a default. */
  variables: string[];
}

interface Imported {
  id: string;
  name: string;
  operation: ImportOperation;
  action: JsonObject;
  call: JsonObject;
  notes: string[];
}

const OWNER = 'operations';

/**
 * The files of a bundle for the chosen operations: an action each, one connector, one test case
 * each. Everything is in stage `recommend`, so nothing is written to the system until a person
 * has read the files and raised the stage.
 * @throws ImportError when the document does not say where its system is
 */
export function writeFiles(document: OpenApiDocument, choice: ImportChoice): ImportedFiles {
  const { connector, source } = choice;
  const address = addressOf(document, source, choice.baseUrl);
  const skipped: ImportedFiles['skipped'] = [];
  const imported: Imported[] = [];
  for (const operation of choice.operations) {
    try {
      const taken = imported.map(({ name }) => name);
      document.nextOperation();
      imported.push(importOne(document, operation, choice, taken));
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      skipped.push({ operation: operation.id, reason: error.message });
    }
  }
  if (imported.length === 0)
    return { files: [], actions: [], skipped, settings: [], variables: [] };
  const file = connectorFile(document, choice, address, imported);
  return {
    files: [
      ...imported.map((one) => ({
        path: `catalogue/${one.id}.yaml`,
        text: yaml(one.action, [
          `From ${one.operation.method} ${one.operation.path} of ${nameOf(source)}.`,
          'Class and risk are guessed from the method. Read this file, then raise the stage.',
          ...one.notes,
        ]),
      })),
      file,
      ...casesFiles(connector, imported),
    ],
    actions: imported.map(({ id }) => id),
    skipped,
    settings: variablesIn(file.text, /\$\{([A-Z0-9_]+)\}/g),
    variables: variablesIn(file.text, /\$\{([A-Z0-9_]+)(?::-[^}]*)?\}/g),
  };
}

function variablesIn(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name]) => name ?? ''))];
}

function importOne(
  document: OpenApiDocument,
  operation: ImportOperation,
  { connector, references }: ImportChoice,
  taken: string[],
): Imported {
  const call = readCall(document, operation);
  const given = references.get(operation.id);
  const { notes, ...answers } = readAnswers(document, operation, call.sent, given);
  if (exampleArguments(call.schema) === undefined) {
    throw new Unsupported('no example of its arguments could be made for the test case');
  }
  const base = argumentName(operation.id);
  const name = taken.includes(base) ? argumentName(`${operation.method} ${operation.path}`) : base;
  const id = `${connector}.${name}`.slice(0, 79);
  if (taken.includes(name)) throw new Unsupported(`its name ${name} is used by another operation`);
  const read = operation.class === 'read';
  return {
    id,
    name,
    operation,
    notes: [...call.notes, ...notes],
    action: {
      id,
      version: 1,
      title: operation.title,
      description: operation.description,
      owner: OWNER,
      class: operation.class,
      risk: operation.risk,
      stage: 'recommend',
      connector,
      steps: [{ name: 'call', operation: name }],
      idempotency: operation.idempotency,
      compensation: read ? 'none' : 'irreversible',
      schema: call.schema,
      extraction: {},
    },
    call: {
      method: operation.method,
      path: call.path,
      ...(Object.keys(call.query).length > 0 ? { query: call.query } : {}),
      ...(Object.keys(call.headers).length > 0 ? { headers: call.headers } : {}),
      ...(operation.keyHeader === undefined ? {} : { idempotencyKeyHeader: operation.keyHeader }),
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(answers as unknown as JsonObject),
    },
  };
}

function connectorFile(
  document: OpenApiDocument,
  { connector, source }: ImportChoice,
  address: string,
  imported: Imported[],
): SourceFile {
  const operations = imported.map(({ operation }) => operation);
  const { auth, note } = authOf(document, connector, operations);
  const info = document.root['info'] as JsonObject | undefined;
  const title = String(info?.['title'] ?? connector).slice(0, 100) || connector;
  return {
    path: `connectors/${connector}.yaml`,
    text: yaml(
      {
        id: connector,
        title,
        type: 'http',
        baseUrl: `\${${variable(connector, 'URL')}:-${address}}`,
        auth,
        ping: { path: pingPath(listOperations(document)) },
        lookups: {},
        operations: Object.fromEntries(imported.map(({ name, call }) => [name, call])),
      },
      [
        `From ${nameOf(source)}.`,
        'A write without idempotencyKeyHeader is sent at most once (class C). Where the system keeps an',
        'external reference, send {@request_id} in it and add find, so that a lost answer can be looked up.',
        ...(note === undefined ? [] : [note]),
      ],
    ),
  };
}

/** As many cases as one file may hold, and no more than one likes to read. */
const CASES_PER_FILE = 500;

function casesFiles(connector: string, imported: Imported[]): SourceFile[] {
  const files: SourceFile[] = [];
  for (let from = 0; from < imported.length; from += CASES_PER_FILE) {
    const cases = imported.slice(from, from + CASES_PER_FILE).map(({ id, operation, action }) => ({
      name: `${id}: ${operation.title} is only recommended`.slice(0, 120),
      request: { action: id, arguments: exampleArguments(action['schema'] as JsonObject) },
      expect: { effect: 'recommend' },
    }));
    const number = files.length === 0 ? '' : `-${files.length + 1}`;
    files.push({
      path: `tests/${connector}${number}.yaml`,
      text: yaml({ cases }, [
        'Each case expects the stage recommend: change it together with the stage of its action.',
        'Complete these with the cases that your rules are about.',
      ]),
    });
  }
  return files;
}

/** A URL as it is, of a file only its name: its folder says something about one machine only. */
function nameOf(source: string): string {
  return /^https?:/.test(source) ? source : basename(source);
}

function yaml(value: JsonObject, comment: string[]): string {
  const lines = comment.map((text) => `# ${text.replace(/\p{C}+/gu, ' ')}\n`).join('');
  return `${lines}${stringify(value, { lineWidth: 100, aliasDuplicateObjects: false })}`;
}
