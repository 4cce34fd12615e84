import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NodeHelpers, type INodeParameters, type INodeType } from 'n8n-workflow';
import { ExecutionLayerApi } from '../../credentials/ExecutionLayerApi.credentials';
import { NODES, workflowOf, type NodeName } from './support/harness';

const root = join(__dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string;
  n8n: { nodes: string[]; credentials: string[] };
};
const nodes = Object.entries<INodeType>(NODES);

/** Source folder of a node, as the manifest lists it. */
function sourceOf(name: string): string {
  const listed = manifest.n8n.nodes.find((path) =>
    path.toLowerCase().includes(`/${name.toLowerCase()}/`),
  );
  if (!listed) throw new Error(`package.json does not list ${name}`);
  return join(root, listed.replace(/^dist\//, '').replace(/\.js$/, '.ts'));
}

/** Names of the outputs as n8n shows them for these parameters. */
function outputNames(name: NodeName, parameters: INodeParameters): (string | undefined)[] {
  const { workflow, node } = workflowOf({ node: name, parameters, baseUrl: '' });
  return NodeHelpers.getNodeOutputs(workflow, node, NODES[name].description).map((output) =>
    typeof output === 'string' ? output : output.displayName,
  );
}

test('package.json lists the six nodes and the credential', () => {
  expect(manifest.n8n.nodes).toHaveLength(nodes.length);
  const listed = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
  for (const path of listed) {
    const source = join(root, path.replace(/^dist\//, '').replace(/\.js$/, '.ts'));
    expect([path, existsSync(source)]).toEqual([path, true]);
  }
});

describe.each(nodes)('%s', (name, { description }) => {
  test('has the name, the credential and what n8n shows of it', () => {
    expect(description.name).toBe(name);
    expect(description.version).toBe(1);
    expect(description.usableAsTool).toBe(true);
    expect(description.subtitle).toMatch(/./);
    expect(description.credentials).toEqual([{ name: 'executionLayerApi', required: true }]);
  });

  test('has a light and a dark icon that differ', () => {
    const icon = description.icon as { light: string; dark: string };
    const [light, dark] = [icon.light, icon.dark].map((path) =>
      readFileSync(join(dirname(sourceOf(name)), path.replace('file:', '')), 'utf8'),
    );
    expect(light).toMatch(/^<svg /);
    expect(dark).toMatch(/^<svg /);
    expect(light).not.toBe(dark);
  });

  test('has a codex file that n8n can read', () => {
    const codex = JSON.parse(readFileSync(sourceOf(name).replace(/\.ts$/, '.json'), 'utf8')) as {
      node: string;
      categories: string[];
      resources: object;
    };
    expect(codex.node).toBe(`${manifest.name}.${name}`);
    // n8n takes its documentation links out of `resources` and drops a codex without it.
    expect(codex.resources).toBeDefined();
    expect(codex.categories).toEqual(['Development']);
  });

  test('parameters that act on a request ask for it in the same way', () => {
    for (const property of description.properties.filter(({ name }) => name === 'requestId')) {
      expect(property).toMatchObject({
        type: 'string',
        default: '={{ $json.id }}',
        required: true,
      });
    }
  });
});

test('the outputs stand in the order in which accidents are harmless', () => {
  const names = nodes.map(([name, { description }]) => [name, description.outputNames]);
  expect(Object.fromEntries(names)).toEqual({
    extractIntent: undefined,
    validate: ['Invalid', 'Valid'],
    guardrailDecide: ['Block', 'Require Approval', 'Allow'],
    humanApproval: undefined,
    erpExecute: undefined,
    auditLog: undefined,
  });
  for (const [name, { description }] of nodes) {
    if (name === 'erpExecute') continue;
    expect(description.outputs).toHaveLength(description.outputNames?.length ?? 1);
  }
});

test.each([
  ['execute', ['Not Executed', 'Needs Attention', 'Executed']],
  ['getStatus', ['Not Executed', 'Needs Attention', 'Executed']],
  ['reportOutcome', ['Not Executed', 'Needs Attention', 'Executed']],
  ['beginExternal', ['Not Permitted', 'Needs Attention', 'Permitted']],
  ['compensate', ['Refused', 'Require Approval', 'Allow']],
])('ERP Execute names its three outputs after the operation %s', (operation, names) => {
  expect(outputNames('erpExecute', { operation })).toEqual(names);
});

test('Human Approval is what n8n looks for in a human review of tools', () => {
  const { webhooks, properties } = NODES.humanApproval.description;
  expect(webhooks).toMatchObject([
    { restartWebhook: true, isFullPath: true, path: '={{ $nodeId }}' },
  ]);
  const operation = properties.find(({ name }) => name === 'operation');
  expect(operation).toMatchObject({ default: 'sendAndWait', options: [{ value: 'sendAndWait' }] });
});

test('the credential hides its token and is tested with a call that needs one', () => {
  const credential = new ExecutionLayerApi();
  expect(credential.properties).toMatchObject([
    { name: 'baseUrl', default: 'http://127.0.0.1:4310' },
    { name: 'token', typeOptions: { password: true }, default: '' },
  ]);
  expect(credential.test.request.url).toBe('/v1/actions');
  expect(credential.authenticate.properties.headers).toEqual({
    Authorization: '=Bearer {{$credentials.token}}',
  });
});
