import { TestService, type Answer } from '../harness';
import { ownBundle } from './own-bundle';

const RULES = `
rules:
  - id: trial-block
    actions: [ticket.route]
    when: arguments.queue == "legal" || arguments.queue == "hr"
    effect: block
    message: Not to people matters.
    mode: log_only
  - id: trial-approval
    actions: [ticket.route]
    when: context.source == "mail"
    effect: require_approval
    message: Mails are looked at.
    mode: log_only
  - id: from-chat
    actions: [ticket.route]
    when: has(context.channel) && context.channel == "chat" && !("agent_lead" in subject.roles)
    effect: require_approval
    message: What comes by chat is looked at.
`;

let service: TestService;
afterEach(() => service.stop());

const start = async (stage: string): Promise<void> => {
  const changes = {
    'ticket.route.yaml': (text: string) => text.replace('stage: auto', `stage: ${stage} # here`),
  };
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: ownBundle(RULES, changes) });
};
const route = (queue: string, more: object = {}): Promise<Answer> =>
  service.tool('ticket.route', { ticket_id: 'T-3001', queue }, { execute: true, ...more });

test.each([
  ['off', 'blocked', 'block', ['stage-off'], 0],
  ['recommend', 'recommended', 'recommend', ['stage-recommend'], 0],
  ['approve', 'awaiting_approval', 'require_approval', ['stage-approve'], 0],
  ['auto', 'executed', 'allow', ['no-rule-matched'], 1],
])('stage %s: %s', async (stage, state, effect, reasons, written) => {
  await start(stage);
  const { body } = await route('technical');
  expect(body).toMatchObject({ state, decision: { effect } });
  expect(body.decision.reasons.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(reasons);
  const tickets = (await service.records('tickets')) as { ticket_id: string; queue: string }[];
  const routed = tickets.filter(
    ({ ticket_id, queue }) => ticket_id === 'T-3001' && queue === 'technical',
  );
  expect(routed).toHaveLength(written);
});

test('rules on trial report which decisions they would have flipped', async () => {
  await start('approve');
  expect((await route('hr', { source: 'mail' })).body.decision).toMatchObject({
    effect: 'require_approval',
    shadow: [
      { ruleId: 'trial-block', effect: 'block', flips: 'block' },
      { ruleId: 'trial-approval', effect: 'require_approval' },
    ],
  });
  const [, harmless] = (await route('hr', { source: 'mail' })).body.decision.shadow;
  expect(harmless).not.toHaveProperty('flips');
  expect((await route('sales')).body.decision).not.toHaveProperty('shadow');
});

test('a rule sees the channel that the proposer names, and none where it names none', async () => {
  await start('auto');
  const chat = { context: { channel: 'chat' } };
  expect((await route('sales', chat)).body.decision.reasons).toMatchObject([
    { ruleId: 'from-chat' },
  ]);
  expect((await route('sales', { context: { channel: 7 } })).body.decision.effect).toBe('allow');
  expect((await route('sales')).body.decision.effect).toBe('allow');
});
