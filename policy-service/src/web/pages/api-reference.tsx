import type { JsonObject } from '../../domain/request/request';
import { Layout } from '../parts/layout';
import { visible } from '../words';

type Nodes = Record<string, JsonObject>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

interface Operation {
  method: string;
  path: string;
  node: JsonObject;
}

/** The OpenAPI document as one page to read and to search in: no script, nothing to try out. */
export function ApiReferencePage({ document }: { document: JsonObject }) {
  const operations = operationsOf(document);
  const tags = [...new Set(operations.map(tagOf))];
  const schemas = Object.entries(
    ((document['components'] as JsonObject)['schemas'] ?? {}) as Nodes,
  );
  return (
    <Layout title="API reference">
      <h1>API reference</h1>
      <p>
        The same as a document for tools: <a href="/openapi.json">openapi.json</a> (OpenAPI{' '}
        {String(document['openapi'])}).
      </p>
      <nav aria-label="On this page">
        <ul>
          {tags.map((tag) => (
            <li key={tag}>
              <a href={`#${anchor(tag)}`}>{tag}</a>
            </li>
          ))}
          <li>
            <a href="#schemas">Schemas</a>
          </li>
        </ul>
      </nav>
      {tags.map((tag) => (
        <section key={tag}>
          <h2 id={anchor(tag)}>{tag}</h2>
          {operations
            .filter((one) => tagOf(one) === tag)
            .map((one) => (
              <OperationPart key={one.method + one.path} {...one} />
            ))}
        </section>
      ))}
      <section>
        <h2 id="schemas">Schemas</h2>
        {schemas.map(([name, schema]) => (
          <article class="card" key={name} id={`schema-${name}`}>
            <h3>{name}</h3>
            <Schema schema={schema} />
          </article>
        ))}
      </section>
    </Layout>
  );
}

function OperationPart({ method, path, node }: Operation) {
  const parameters = (node['parameters'] ?? []) as JsonObject[];
  const body = schemaIn(node['requestBody']);
  const responses = Object.entries((node['responses'] ?? {}) as Nodes);
  return (
    <article class="card" id={String(node['operationId'])}>
      <h3>
        <code>
          {method.toUpperCase()} {path}
        </code>
      </h3>
      <p>{visible(String(node['summary']))}</p>
      <p class="muted">
        {[callersOf(node), node['description']].filter((text) => text !== undefined).join(' ')}
      </p>
      {parameters.length > 0 && (
        <ul>
          {parameters.map((one) => (
            <li key={String(one['name'])}>
              <code>{String(one['name'])}</code> in the {String(one['in'])}
              {one['required'] === true ? ', required' : ''}
              {sentence(one['description'] ?? (one['schema'] as JsonObject)['description'])}
            </li>
          ))}
        </ul>
      )}
      {body !== undefined && (
        <>
          <h4>Body</h4>
          <Schema schema={body} />
        </>
      )}
      <ul>
        {responses.map(([status, response]) => (
          <li key={status}>
            {status === 'default' ? 'else' : status}: {String(response['description'])}
            <Answer response={response} />
          </li>
        ))}
      </ul>
    </article>
  );
}

function Answer({ response }: { response: JsonObject }) {
  const reference = schemaIn(response)?.['$ref'];
  if (typeof reference !== 'string') return null;
  const name = reference.split('/').at(-1) ?? '';
  return (
    <>
      {', '}
      <a href={`#schema-${name}`}>{name}</a>
    </>
  );
}

/** Members with what they mean, and the whole schema for whoever needs it to the letter. */
function Schema({ schema }: { schema: JsonObject }) {
  const members = Object.entries((schema['properties'] ?? {}) as Nodes);
  const required = (schema['required'] ?? []) as string[];
  return (
    <>
      {members.length > 0 && (
        <ul>
          {members.map(([name, member]) => (
            <li key={name}>
              <code>{name}</code>
              {typeof member['type'] === 'string' ? ` ${member['type']}` : ''}
              {required.includes(name) ? ', required' : ''}
              {sentence(member['description'])}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>JSON Schema</summary>
        <pre>{JSON.stringify(schema, null, 2)}</pre>
      </details>
    </>
  );
}

function operationsOf(document: JsonObject): Operation[] {
  return Object.entries((document['paths'] ?? {}) as Record<string, Nodes>).flatMap(
    ([path, item]) =>
      METHODS.flatMap((method) => {
        const node = item[method];
        return node === undefined ? [] : [{ method, path, node }];
      }),
  );
}

function tagOf({ node }: Operation): string {
  return String((node['tags'] as string[])[0]);
}

function anchor(tag: string): string {
  return `tag-${tag.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
}

function schemaIn(part: unknown): JsonObject | undefined {
  const content = (part as JsonObject | undefined)?.['content'] as Nodes | undefined;
  const [media] = Object.values(content ?? {});
  return media?.['schema'] as JsonObject | undefined;
}

function callersOf(node: JsonObject): string {
  const names = ((node['security'] ?? []) as JsonObject[]).flatMap((one) => Object.keys(one));
  const token = names.includes('serviceToken');
  if (token && names.includes('session')) return 'For service tokens and signed-in people.';
  if (token) return 'For service tokens.';
  return names.includes('session') ? 'For signed-in people.' : 'For anybody.';
}

function sentence(text: unknown): string {
  return typeof text === 'string' ? `: ${visible(text)}` : '';
}
