import { readConfig } from '../../../policy-service/src/config';
import {
  parseConnector,
  type ConnectorDefinition,
} from '../../../policy-service/src/erp/connectors';
import { unlistedVariables } from '../../../policy-service/src/erp/variables';
import { TestService, type Body } from '../harness';
import { shippedWith, withoutCases } from './bundles';

const CONNECTOR = 'connectors/mock-erp.yaml';
const naming = (variable: string) =>
  withoutCases(
    shippedWith(
      /auth: .*/,
      `auth: { type: header, header: X-Key, value: '\${${variable}}' }`,
      CONNECTOR,
    ),
  );

let service: TestService;
afterEach(() => service.stop());

async function activation(variable: string, env: NodeJS.ProcessEnv = {}): Promise<Body> {
  service = await TestService.start({ [variable]: 'a secret of the machine', ...env });
  const { body } = await service.call('/v1/policies', { files: naming(variable) });
  return service.call(`/v1/policies/${body.version}/activate`, { reason: 'test' });
}

test('a variable that is not listed for the connector is refused, with what to list', async () => {
  expect(await activation('DATABASE_PASSWORD')).toMatchObject({
    status: 422,
    body: {
      errors: [
        {
          message: expect.stringContaining(
            'EXECUTION_LAYER_CONNECTOR_VARIABLES: mock-erp:DATABASE_PASSWORD',
          ),
        },
      ],
    },
  });
});

test('a variable that is listed for another connector is refused', async () => {
  const env = { EXECUTION_LAYER_CONNECTOR_VARIABLES: 'desk:DESK_KEY' };
  expect((await activation('DESK_KEY', env)).status).toBe(422);
});

test('a listed one, and one of the connector itself, are read', async () => {
  const env = { EXECUTION_LAYER_CONNECTOR_VARIABLES: 'x:X_KEY; mock-erp:DESK_KEY' };
  expect((await activation('DESK_KEY', env)).status).toBe(200);
  await service.stop();
  expect((await activation('EXECUTION_LAYER_ERP_MOCK_ERP_KEY')).status).toBe(200);
});

test.each(['ANTHROPIC_API_KEY', 'PATH', 'NODE_OPTIONS', 'EXECUTION_LAYER_DATA_DIR'])(
  '%s can be neither named nor listed',
  async (variable) => {
    const EXECUTION_LAYER_CONNECTOR_VARIABLES = `mock-erp:${variable}`;
    expect(() => readConfig({ EXECUTION_LAYER_CONNECTOR_VARIABLES })).toThrow(/no connector may/);
    service = await TestService.start();
    const { body } = await service.call('/v1/policies', { files: naming(variable) });
    const refused = await service.call(`/v1/policies/${body.version}/activate`, { reason: 'x' });
    expect(refused).toMatchObject({
      body: { errors: [{ message: expect.stringContaining('no connector may read') }] },
    });
  },
);

test('a bundle that is active already goes on when its variable is not listed', async () => {
  const env = { DESK_KEY: 'a key of the desk' };
  const listed = { EXECUTION_LAYER_CONNECTOR_VARIABLES: 'mock-erp:DESK_KEY' };
  expect((await activation('DESK_KEY', { ...env, ...listed })).status).toBe(200);
  await service.restart(env);
  const { body } = await service.tool('vendor.read', { vendor_id: 'V-1001' }, { execute: true });
  expect(body.state).toBe('executed');
});

describe('of connectors whose names begin alike', () => {
  const definition = (id: string, variable: string): ConnectorDefinition =>
    parseConnector(
      {
        id,
        title: 'An ERP',
        type: 'http',
        baseUrl: 'http://127.0.0.1:9',
        ping: { path: '/' },
        auth: { type: 'bearer', token: `\${${variable}}` },
        lookups: {},
        operations: {},
      },
      `${id}.yaml`,
    );
  const unlisted = (id: string, variable: string, ids: string[], listed: string[] = []) =>
    unlistedVariables(definition(id, variable), new Map([[id, listed]]), ids).unlisted;

  test.each<[string, string, string[], boolean]>([
    ['desk', 'EXECUTION_LAYER_ERP_DESK_KEY', ['desk', 'desk-eu'], true],
    ['desk', 'EXECUTION_LAYER_ERP_DESK_EU_KEY', ['desk'], true],
    ['desk', 'EXECUTION_LAYER_ERP_DESK_EU_KEY', ['desk', 'desk-eu'], false],
    ['desk-eu', 'EXECUTION_LAYER_ERP_DESK_EU_KEY', ['desk', 'desk-eu'], true],
    ['mock', 'EXECUTION_LAYER_ERP_MOCK_ERP_KEY', ['mock'], false],
    ['odoo', 'ODOO_API_KEY', ['odoo'], false],
    ['tryton', 'TRYTON_PASSWORD', ['tryton'], false],
  ])('may the HTTP connector %s read %s, beside %j: %s', (id, variable, ids, may) => {
    expect(unlisted(id, variable, ids)).toEqual(may ? [] : [variable]);
    expect(unlisted(id, variable, ids, [variable])).toEqual([]);
  });
});
