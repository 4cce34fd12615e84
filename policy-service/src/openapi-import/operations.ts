import type { ActionClass, Risk } from '../domain/catalogue/action';
import type { IdempotencyClass } from '../domain/request/execution';
import { line, nodes, type Node, type OpenApiDocument } from './document';
import { Unsupported } from './import-error';
import { snakeCase } from './names';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const OTHER_METHODS = ['head', 'options', 'trace', 'query'];
export type Method = (typeof METHODS)[number];

/** One operation of a document, with what is guessed about it. */
export interface ImportOperation {
  /** Its operationId, or one that is made of its method and path. */
  id: string;
  method: Method;
  path: string;
  title: string;
  description: string;
  class: ActionClass;
  risk: Risk;
  idempotency: IdempotencyClass;
  /** Header in which the server says to honour an idempotency key. */
  keyHeader?: string;
  /** Resolved parameters; those of the path come first, the operation's own win. */
  parameters: Node[];
  node: Node;
}

/** Money, rights and messages are harder to take back than their method tells. */
const WEIGHTY =
  /pay|refund|transfer|charge|invoice|journal|ledger|bank|salary|permission|role|admin|secret|token|password|delete|remove|cancel|close|send|publish|merge/i;
const KEY_HEADER = /^(x-)?(idempotency-key|request-id-key|client-request-token)$/i;

export interface ListedPaths {
  /** In the order of the document. */
  operations: ImportOperation[];
  /** What is there and cannot be imported, and why. */
  unreadable: { operation: string; reason: string }[];
}

/** Every operation of the document. */
export function listOperations(document: OpenApiDocument): ImportOperation[] {
  return listPaths(document).operations;
}

/** Every operation of the document, and every path that cannot be read. */
export function listPaths(document: OpenApiDocument): ListedPaths {
  const ids = new Set<string>();
  const listed: ListedPaths = { operations: [], unreadable: [] };
  for (const [path, value] of Object.entries(document.root['paths'] as Node)) {
    document.nextOperation();
    let item: Node;
    try {
      item = document.resolve(value).node;
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      listed.unreadable.push({ operation: path, reason: error.message });
      continue;
    }
    for (const name of Object.keys(item).filter((one) => OTHER_METHODS.includes(one))) {
      listed.unreadable.push({
        operation: `${name.toUpperCase()} ${path}`,
        reason: `only ${METHODS.join(', ')} are imported`,
      });
    }
    for (const method of METHODS) {
      const described = item[method.toLowerCase()];
      if (described === undefined) continue;
      let node: Node;
      try {
        node = document.resolve(described).node;
      } catch (error) {
        if (!(error instanceof Unsupported)) throw error;
        listed.unreadable.push({ operation: `${method} ${path}`, reason: error.message });
        continue;
      }
      const parameters = merged(document, nodes(item['parameters']), nodes(node['parameters']));
      const operation = describe(method, path, node, parameters);
      // Ids must be unique; documents that break this are common enough.
      if (ids.has(operation.id)) operation.id = madeId(method, path);
      ids.add(operation.id);
      listed.operations.push(operation);
    }
  }
  return listed;
}

function describe(method: Method, path: string, node: Node, parameters: Node[]): ImportOperation {
  const id = line(node['operationId'], 200) ?? madeId(method, path);
  const keyHeader = parameters
    .filter((one) => one['in'] === 'header')
    .map((one) => String(one['name']))
    .find((name) => KEY_HEADER.test(name));
  const title = line(node['summary'], 120) ?? line(id.replace(/[_/.-]+/g, ' '), 120) ?? id;
  return {
    id,
    method,
    path,
    title,
    description: line(node['description'], 300) ?? title,
    class: method === 'GET' ? 'read' : 'write',
    risk: riskOf(method, `${id} ${path}`),
    idempotency: method === 'GET' || keyHeader !== undefined ? 'A' : 'C',
    ...(keyHeader === undefined ? {} : { keyHeader }),
    parameters,
    node,
  };
}

function riskOf(method: Method, words: string): Risk {
  if (method === 'GET') return 'low';
  return method === 'DELETE' || WEIGHTY.test(words) ? 'high' : 'medium';
}

function madeId(method: Method, path: string): string {
  return snakeCase(`${method} ${path}`) || method.toLowerCase();
}

function merged(document: OpenApiDocument, common: Node[], own: Node[]): Node[] {
  const byKey = new Map<string, Node>();
  for (const parameter of [...common, ...own]) {
    let resolved: Node;
    try {
      resolved = document.resolve(parameter).node;
    } catch {
      // It stays as it is, so that the import of this operation names it.
      resolved = parameter;
    }
    const { $ref: lost, in: place, name } = resolved;
    byKey.set(lost === undefined ? `${String(place)} ${String(name)}` : String(lost), resolved);
  }
  return [...byKey.values()];
}
