import type { JsonObject } from '../domain/request/request';
import { isNode, nodes, type Node, type OpenApiDocument } from './document';
import { ImportError } from './import-error';
import type { ImportOperation } from './operations';

/**
 * The address of the system: as given, else the first server of the document.
 * @param source where the document came from; a server may be relative to its URL
 * @throws ImportError when there is none
 */
export function addressOf(
  { root }: OpenApiDocument,
  source: string,
  given: string | undefined,
): string {
  const [server] = nodes(root['servers']);
  const text = given ?? withDefaults(server);
  const base = /^https?:/.test(source) ? source : undefined;
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new ImportError(
      `The document does not say where its system is${text ? ` ("${text}")` : ''}. Give --base-url, for example --base-url https://erp.example.com/api.`,
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function withDefaults(server: Node | undefined): string {
  const variables = isNode(server?.['variables']) ? server['variables'] : {};
  return String(server?.['url'] ?? '').replace(/\{([^}]+)\}/g, (whole, name: string) => {
    const variable = variables[name];
    return isNode(variable) ? String(variable['default']) : whole;
  });
}

/** Names of environment variables begin with the connector's id. */
export function variable(connector: string, name: string): string {
  return `${connector.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_${name}`;
}

/** How calls are authenticated, by the first scheme that a connector file knows. */
export function authOf(
  { root }: OpenApiDocument,
  connector: string,
  operations: ImportOperation[],
): { auth: JsonObject; note?: string } {
  const components = isNode(root['components']) ? root['components'] : {};
  const schemes = isNode(components['securitySchemes']) ? components['securitySchemes'] : {};
  const demands = [root['security'], ...operations.map(({ node }) => node['security'])];
  const wanted = demands.flatMap((one) => nodes(one).flatMap((names) => Object.keys(names)));
  const inOrder = [...wanted, ...Object.keys(schemes)].map((name) => schemes[name]).filter(isNode);
  for (const scheme of inOrder) {
    const auth = authBy(scheme, connector);
    if (auth) return { auth };
  }
  return inOrder.length === 0
    ? { auth: { type: 'none' } }
    : {
        auth: { type: 'none' },
        note: 'No way to authenticate that the document names is known here: complete auth by hand.',
      };
}

function authBy(scheme: Node, connector: string): JsonObject | undefined {
  const secret = (name: string): string => `\${${variable(connector, name)}}`;
  const http = String(scheme['scheme']).toLowerCase();
  if (scheme['type'] === 'http' && http === 'basic') {
    return { type: 'basic', username: secret('USER'), password: secret('PASSWORD') };
  }
  if (scheme['type'] === 'apiKey' && scheme['in'] === 'header') {
    return { type: 'header', header: String(scheme['name']), value: secret('KEY') };
  }
  const flows = isNode(scheme['flows']) ? scheme['flows'] : {};
  const client = flows['clientCredentials'];
  if (
    scheme['type'] === 'oauth2' &&
    isNode(client) &&
    /^https?:/.test(String(client['tokenUrl']))
  ) {
    const scopes = isNode(client['scopes']) ? Object.keys(client['scopes']).join(' ') : '';
    return {
      type: 'oauth2',
      tokenUrl: `\${${variable(connector, 'TOKEN_URL')}:-${String(client['tokenUrl'])}}`,
      clientId: secret('CLIENT_ID'),
      clientSecret: secret('CLIENT_SECRET'),
      ...(scopes === '' || scopes.length > 500 ? {} : { scope: scopes }),
    };
  }
  if (['http', 'oauth2', 'openIdConnect'].includes(String(scheme['type']))) {
    return { type: 'bearer', token: secret('TOKEN') };
  }
  return undefined;
}

/** A GET without anything to fill in; one that is about health is best. */
export function pingPath(operations: ImportOperation[]): string {
  const possible = operations.filter(
    ({ method, path, parameters }) =>
      method === 'GET' &&
      /^\/[A-Za-z0-9/._-]*$/.test(path) &&
      !parameters.some((one) => one['required'] === true),
  );
  const healthy = possible.find(({ path }) => /health|ready|live|ping|status|version/i.test(path));
  return (healthy ?? possible[0])?.path ?? '/';
}
