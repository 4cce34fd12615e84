import { PASSWORD, TestService, type Answer } from '../harness';
import { ownBundle } from './own-bundle';

const RULES = `
defaults:
  approval: { stages: [{ role: reviewer, count: 1 }], expiresIn: 24h }
tiers:
  - id: by-amount
    actions: [vendor_payment.create]
    message: Payments of this size need approval.
    amounts:
      - currencies: [USD]
        tiers:
          - { upTo: '10000', approval: none }
          - upTo: '50000'
            approval: { stages: [{ role: finance_approver, count: 1 }], expiresIn: 72h }
          - above: '50000'
            approval:
              stages: [{ role: finance_approver, count: 1 }, { role: director, count: 1 }]
              expiresIn: 48h
              comment: required
              evidence: [contract_number]
rules:
  - id: urgent
    actions: [vendor_payment.create]
    when: has(arguments.memo) && arguments.memo.contains("urgent")
    effect: require_approval
    message: Urgent payments are confirmed by calling back.
    approval:
      stages: [{ role: finance_approver, count: 2 }]
      expiresIn: 4h
      evidence: [called_back_at]
`;

let service: TestService;
beforeAll(async () => {
  service = await TestService.start({ EXECUTION_LAYER_BUNDLE_DIR: ownBundle(RULES) });
  await service.newPerson('fin@example.com', ['finance_approver']);
  await service.newPerson('dir@example.com', ['director']);
});
afterAll(() => service.stop());

const pay = (amount: string, more: object = {}): Promise<Answer> =>
  service.tool('vendor_payment.create', { vendor_id: 'V-1001', amount, currency: 'USD', ...more });

/** Votes with whatever is given, on what the person is shown. */
async function ballot(email: string, approvalId: string, given: object): Promise<Answer> {
  const as = await service.person(email);
  const { digest } = (await as(`/v1/approvals/${approvalId}`)).body;
  return as(`/v1/approvals/${approvalId}/votes`, { vote: 'approve', digest, ...given });
}

const FINANCE = { role: 'finance_approver', count: 1 };
const DIRECTOR = { role: 'director', count: 1 };

test.each([
  ['10000.00', {}, 'allow', undefined],
  ['10000.01', {}, 'require_approval', { stages: [FINANCE], comment: 'optional', evidence: [] }],
  ['50000.00', {}, 'require_approval', { stages: [FINANCE], comment: 'optional', evidence: [] }],
  [
    '50000.01',
    {},
    'require_approval',
    { stages: [FINANCE, DIRECTOR], comment: 'required', evidence: ['contract_number'] },
  ],
  [
    '5.00',
    { currency: 'CHF' },
    'require_approval',
    { stages: [{ role: 'reviewer', count: 1 }], comment: 'optional', evidence: [] },
  ],
  [
    '60000.00',
    { memo: 'urgent' },
    'require_approval',
    {
      stages: [{ ...FINANCE, count: 2 }, DIRECTOR],
      comment: 'required',
      evidence: ['called_back_at', 'contract_number'],
    },
  ],
])('a payment of %s %p: %s', async (amount, more, effect, asked) => {
  const { body } = await pay(amount, more);
  expect(body.decision.effect).toBe(effect);
  if (asked) expect(await service.approval(body.approval.id)).toMatchObject(asked);
});

test('the earliest expiry of everything that asked applies', async () => {
  const { body } = await pay('60000.00', { memo: 'urgent' });
  const approval = await service.approval(body.approval.id);
  const seconds = (Date.parse(approval.expiresAt) - Date.parse(approval.createdAt)) / 1000;
  expect(seconds).toBe(4 * 3600);
});

test('a vote without what the approval asks for is refused and says what is missing', async () => {
  const { body } = await pay('70000.00');
  const answer = await ballot('fin@example.com', body.approval.id, {});
  expect(answer).toMatchObject({
    status: 400,
    body: {
      code: 'invalid_body',
      errors: [
        { pointer: '/comment', code: 'required' },
        { pointer: '/evidence/contract_number', code: 'required' },
      ],
    },
  });
  const blank = { comment: ' \n\u200b ', evidence: { contract_number: '\u00a0' } };
  expect((await ballot('fin@example.com', body.approval.id, blank)).body.errors).toHaveLength(2);
  const stray = { comment: 'Fine.', evidence: { contract_number: 'C-1', colour: 'red' } };
  expect((await ballot('fin@example.com', body.approval.id, stray)).body.errors).toMatchObject([
    { pointer: '/evidence/colour', code: 'unknown' },
  ]);
  expect(await service.approval(body.approval.id)).toMatchObject({ state: 'pending', votes: [] });
});

test('a vote with it is recorded with it, stage by stage, and the payment is executed', async () => {
  const { body } = await pay('70001.00');
  const given = { comment: 'Seen the contract.', evidence: { contract_number: 'C-77' } };
  expect((await ballot('fin@example.com', body.approval.id, given)).body).toMatchObject({
    state: 'pending',
    votes: [{ stage: 0, ...given }],
  });
  expect((await ballot('dir@example.com', body.approval.id, {})).status).toBe(400);
  expect((await ballot('dir@example.com', body.approval.id, given)).body.state).toBe('approved');
  const entry = (await service.timeline(body.id)).find(({ type }) => type === 'approval.voted');
  expect(entry.data.vote).toMatchObject(given);
  expect((await service.execute(body.id)).body).toMatchObject({ state: 'executed' });
});

test('a rejection needs neither comment nor evidence', async () => {
  const { body } = await pay('70002.00');
  const answer = await ballot('fin@example.com', body.approval.id, { vote: 'reject' });
  expect(answer.body).toMatchObject({ state: 'rejected' });
});

test('the page asks for what is needed, and the form brings it', async () => {
  const { body } = await pay('70003.00');
  const path = `/inbox/${body.approval.id}`;
  const session = await fetch(`${service.url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'fin@example.com', password: PASSWORD }),
  });
  const cookie = (session.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const { csrfToken: csrf } = (await session.json()) as { csrfToken: string };
  const page = async (): Promise<string> =>
    (await fetch(`${service.url}${path}`, { headers: { cookie } })).text();
  const send = (fields: Record<string, string>): Promise<Response> =>
    fetch(`${service.url}${path}/vote`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, origin: service.url },
      body: new URLSearchParams(fields),
    });

  const html = await page();
  expect(html).toMatch(/<input name="evidence\.contract_number"[^>]* required/);
  expect(html).toMatch(/<textarea name="comment"[^>]* required/);
  expect(html).toMatch(/<button[^>]*value="reject"[^>]* formnovalidate/);
  const digest = /name="digest" value="([0-9a-f]+)"/.exec(html)?.[1] ?? '';

  const refused = await send({ csrf, digest, vote: 'approve', comment: '' });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toMatch(/needs a comment.*fill in contract number/s);
  const given = { comment: 'Seen.', 'evidence.contract_number': 'C-99' };
  expect((await send({ csrf, digest, vote: 'approve', ...given })).status).toBe(303);
  expect(await page()).toMatch(/Contract number:<\/span> C-99/);
});

test.each([
  ['a comment', 'expiresIn: 72h, comment: required', { comment: 'Seen.' }],
  ['evidence', 'expiresIn: 72h, evidence: [quote]', { evidence: { quote: 'Q-1' } }],
])(
  'an approval that did not ask for %s does not cover rules that now do',
  async (_, now, given) => {
    const { body } = await pay('20000.00');
    const { id } = body.approval;
    expect((await ballot('fin@example.com', id, { comment: 'By habit.' })).body.state).toBe(
      'approved',
    );
    const stricter = RULES.replace('expiresIn: 72h', now).replace(
      '[contract_number]',
      '[contract_number, quote]',
    );
    await service.activate(ownBundle(stricter));
    try {
      expect((await service.execute(body.id)).status).toBe(409);
      const { body: renewed } = await service.call(`/v1/requests/${body.id}`);
      expect(renewed.state).toBe('awaiting_approval');
      expect(renewed.approval.id).not.toBe(id);
      expect((await ballot('fin@example.com', renewed.approval.id, {})).status).toBe(400);
      expect((await ballot('fin@example.com', renewed.approval.id, given)).status).toBe(200);
      expect((await service.execute(body.id)).body.state).toBe('executed');
    } finally {
      await service.activate(ownBundle(RULES));
    }
  },
);

test('a vote on an approval whose rules now ask for a comment is not counted', async () => {
  const { body } = await pay('30000.00');
  await service.activate(
    ownBundle(RULES.replace('expiresIn: 72h', 'expiresIn: 72h, comment: required')),
  );
  try {
    const answer = await ballot('fin@example.com', body.approval.id, {});
    expect(answer).toMatchObject({ status: 409, body: { state: 'superseded' } });
  } finally {
    await service.activate(ownBundle(RULES));
  }
});
