import cases from './cases.json';
import { TestService } from '../harness';

/** Decisions of the shipped rules as data: request -> effect, reasons, stages, and the audit entry. */
const STATE = {
  allow: 'allowed',
  require_approval: 'awaiting_approval',
  recommend: 'recommended',
  block: 'blocked',
} as const;

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.stop());

test.each(cases)(
  '$name: $effect',
  async ({ action, arguments: args, effect, reasons, stages, confidence }) => {
    const { body } = await service.tool(
      action,
      args,
      confidence === undefined ? {} : { confidence },
    );
    expect(body).toMatchObject({
      state: STATE[effect as keyof typeof STATE],
      decision: { effect },
    });
    expect(body.decision.reasons.map(({ ruleId }: { ruleId: string }) => ruleId).sort()).toEqual(
      [...reasons].sort(),
    );
    if (stages) {
      const approval = await service.approval(body.approval.id);
      expect(approval.stages).toEqual(stages);
    }
    const entry = (await service.timeline(body.id)).find(({ type }) => type === 'request.decided');
    expect(entry.data).toMatchObject({
      from: 'validated',
      to: body.state,
      decision: {
        effect,
        reasons: body.decision.reasons,
        policyVersion: body.decision.policyVersion,
      },
    });
    // Whatever was decided, deciding writes nothing.
    for (const kind of ['payments', 'movements', 'journal', 'notifications']) {
      expect(await service.records(kind)).toEqual([]);
    }
  },
);
