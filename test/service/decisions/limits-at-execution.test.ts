import { serviceCaller } from '../../../policy-service/src/application/change/caller';
import { ExecuteRequest } from '../../../policy-service/src/application/execution/execute';
import { TestService } from '../harness';
import { ownBundle } from './own-bundle';

const LIMIT = `
limits:
  - id: routes
    actions: [ticket.route]
    key: [action.id]
    window: 24h
    max: '2'
    effect: block
    message: Two a day.
`;

const RULES = `
rules:
  - id: asked
    actions: [ticket.route]
    when: arguments.queue == "sales"
    effect: require_approval
    message: Asked for.
    approval: { stages: [{ role: finance, count: 1 }], expiresIn: 1h }
`;

// Without records to look up, all of the executions below reach their last check in one turn.
const WITHOUT_RECORDS = {
  'ticket.route.yaml': (text: string) => text.replace(/^entities:\n( .*\n)+/m, 'entities: []\n'),
};

let service: TestService;
beforeAll(async () => {
  const folder = ownBundle(RULES, WITHOUT_RECORDS);
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: folder });
  await service.newPerson('fin@example.com', ['finance']);
});
afterAll(() => service.stop());

test('approved requests that are executed at once keep to a limit that came after the votes', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 6; index += 1) {
    const { body } = await service.tool('ticket.route', { ticket_id: 'T-3001', queue: 'sales' });
    await service.vote('fin@example.com', body.approval.id, 'approve');
    ids.push(body.id);
  }
  const { files } = (await service.call('/v1/policies/active')).body;
  const later = [...files, { path: 'policies/later.yaml', text: LIMIT }];
  const { version } = (await service.call('/v1/policies', { files: later })).body;
  await service.call(`/v1/policies/${version}/activate`, { reason: 'Too many tickets.' });

  const execute = new ExecuteRequest(service.service.deps);
  await Promise.allSettled(ids.map((id) => execute.run(serviceCaller('test', id), id)));
  const requests = await Promise.all(ids.map((id) => service.call(`/v1/requests/${id}`)));
  const states = requests.map(({ body }) => body.state).sort();
  expect(states).toEqual([...Array(4).fill('blocked'), 'executed', 'executed']);
});
