import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import { bundleFolder } from '../bundle-folder';
import { TestService } from '../harness';

/** The shipped bundle, and one action of another ERP whose connector takes a secret. */
const BUNDLE = bundleFolder({
  files: {
    'connectors/desk.yaml': `
id: desk
title: Desk
type: http
baseUrl: \${EXECUTION_LAYER_MOCK_ERP_URL:-http://127.0.0.1:4320}
auth: { type: bearer, token: '\${DESK_TOKEN}' }
ping: { path: /health }
lookups: {}
operations:
  note:
    method: GET
    path: /health
    success: [200]
    refusal: { statuses: [409] }
`,
    'catalogue/desk.note.yaml': `
id: desk.note
version: 1
title: Note
description: Leaves a note at the desk.
owner: operations
class: read
risk: low
stage: auto
connector: desk
steps:
  - { name: write, operation: note }
idempotency: A
compensation: none
schema:
  type: object
  additionalProperties: false
  required: [text]
  properties:
    text: { type: string, maxLength: 100 }
extraction: {}
`,
  },
});

const BUNDLE_WITHOUT_SECRET = bundleFolder({});

let service: TestService;
afterEach(() => service.stop());

test('a setting of one connector of the active policy is missing: its actions wait, all others go on', async () => {
  const all = {
    EXECUTION_LAYER_BUNDLE_DIR: BUNDLE,
    EXECUTION_LAYER_CONNECTOR_VARIABLES: 'desk:DESK_TOKEN',
    DESK_TOKEN: 'a token of the desk',
  };
  service = await TestService.start(all);
  const note = (await service.tool('desk.note', { text: 'Hello.' })).body;
  expect([service.service.policyNote, note.state]).toEqual([undefined, 'allowed']);
  await service.restart({ ...all, DESK_TOKEN: undefined });

  const { body } = await service.tool('vendor.read', { vendor_id: 'V-1001' }, { execute: true });
  expect(body.state).toBe('executed');
  const refused = await service.execute(note.id);
  expect(refused).toMatchObject({
    status: 503,
    body: {
      code: 'connector_unavailable',
      remedy: 'mend',
      detail: expect.stringMatching(
        /DESK_TOKEN.*Nothing was sent and the request is unchanged.*once somebody has mended this/,
      ),
    },
  });
  expect(refused.headers.get('retry-after')).toBeNull();
  expect((await service.call(`/v1/requests/${note.id}`)).body.state).toBe('allowed');

  const ready = await service.call('/readyz');
  expect(ready.status).toBe(200);
  expect(ready.body.connectors).toContainEqual({ id: 'desk', usable: false });
  expect(service.service.policyNote).toContain('DESK_TOKEN');

  const stored = await service.call('/v1/policies', { files: readBundleFolder(BUNDLE) });
  const path = `/v1/policies/${stored.body.version}/activate`;
  const again = await service.call(path, { reason: 'Again.' });
  expect(again.status).toBe(422);
  expect(JSON.stringify(again.body)).toContain('DESK_TOKEN');

  await service.restart(all);
  expect((await service.call('/readyz')).body.connectors).not.toContainEqual(
    expect.objectContaining({ usable: false }),
  );
});

test('calls that outlast the lease are not made either, and nothing is decided without facts', async () => {
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: BUNDLE_WITHOUT_SECRET });
  await service.restart({
    EXECUTION_LAYER_BUNDLE_DIR: BUNDLE_WITHOUT_SECRET,
    EXECUTION_LAYER_LEASE_SECONDS: '6',
  });
  const answer = await service.tool('vendor.read', { vendor_id: 'V-1001' });
  expect(answer).toMatchObject({
    status: 503,
    body: { code: 'facts_unavailable', remedy: 'mend' },
  });
  expect(answer.body.detail).toContain('EXECUTION_LAYER_LEASE_SECONDS is 6');
});
