import type { GovernedRequest } from '../../../policy-service/src/domain/request/request';
import { ANONYMOUS, browse, textOf } from './browser';
import { CSRF, fakeDeps, type World } from './fake-deps';
import { executedRequest, paymentRequest, PERSON } from './samples';

const EXECUTION = executedRequest().execution!;

function unknownRequest(change: Partial<GovernedRequest> = {}): GovernedRequest {
  return paymentRequest({
    id: 'req_01JNAUNKNOWN',
    state: 'outcome_unknown',
    needsPerson: true,
    execution: { ...EXECUTION, status: 'outcome_unknown', message: 'No whole answer came.' },
    ...change,
  });
}
const failedUndo = paymentRequest({
  id: 'req_01JNAFAILEDUNDO',
  state: 'compensation_failed',
  needsPerson: true,
  inCharge: 'finance',
  execution: EXECUTION,
});
const incomplete = paymentRequest({
  id: 'req_01JNAINCOMPLETE',
  state: 'invalid',
  needsPerson: true,
  execution: undefined,
});
const finding = (changes: Record<string, string> = {}): Record<string, string> => ({
  csrf: CSRF,
  happened: 'yes',
  evidence: 'Payment list of today',
  erpReference: 'PAY-000007',
  ...changes,
});

const OPERATOR: Partial<World> = { operate: { allowed: true } };

async function page(world: Partial<World>) {
  const browser = await browse(fakeDeps(world).deps);
  const html = await (await browser.get('/attention')).text();
  return { html, text: textOf(html) };
}

test('the list groups what waits, and says what is known of each', async () => {
  const { text, html } = await page({
    ...OPERATOR,
    requests: [incomplete, failedUndo, unknownRequest()],
  });
  const groups = ['Outcome unknown', 'Undoing failed', 'Incomplete'].map((title) =>
    html.indexOf(`>${title}</h2>`),
  );
  expect(groups.every((at) => at > 0)).toBe(true);
  expect([...groups].sort((a, b) => a - b)).toEqual(groups);
  expect(text).toMatch(/Id of the request req_01JNAUNKNOWN/);
  expect(text).toMatch(/No whole answer came\./);
  expect(text).toMatch(/In charge finance/);
});

test('an operator has the three ways out; nobody else has any, and reads why', async () => {
  const operator = await page({ ...OPERATOR, requests: [unknownRequest()] });
  expect(operator.text).toMatch(/Reconcile now/);
  expect(operator.text).toMatch(/It happened/);
  expect(operator.text).toMatch(/It did not happen/);

  const other = await page({
    operate: { allowed: false, why: 'This needs the role operator.' },
    requests: [unknownRequest()],
  });
  expect(other.text).toMatch(/You can read this list\. This needs the role operator\./);
  expect(other.html).not.toMatch(/action="\/attention/);
});

test('what cannot safely be looked into has no such button, and says why', async () => {
  const { text } = await page({
    ...OPERATOR,
    whyNotReconcile: 'Sending it again could write twice.',
    requests: [unknownRequest()],
  });
  expect(text).toMatch(/Sending it again could write twice\./);
  expect(text).not.toMatch(/Reconcile now/);
});

test('an empty list says so', async () => {
  expect((await page(OPERATOR)).text).toMatch(/Nothing to repair/);
});

test('the forms do what they say, as the person who is signed in', async () => {
  const { deps, calls } = fakeDeps({ ...OPERATOR, requests: [unknownRequest()] });
  const browser = await browse(deps);
  const answers = [
    await browser.post('/attention/req_01JNAUNKNOWN/reconcile', { csrf: CSRF }),
    await browser.post('/attention/req_01JNAUNKNOWN/resolution', finding()),
    await browser.post(
      '/attention/req_01JNAUNKNOWN/resolution',
      finding({ happened: 'no', erpReference: ' ' }),
    ),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/requests/req_01JNAUNKNOWN');
  }
  const by = { person: PERSON.email, id: 'req_01JNAUNKNOWN' };
  expect(calls).toEqual([
    { name: 'reconcile', input: by },
    {
      name: 'resolve',
      input: {
        ...by,
        happened: true,
        evidence: 'Payment list of today',
        erpReference: 'PAY-000007',
      },
    },
    { name: 'resolve', input: { ...by, happened: false, evidence: 'Payment list of today' } },
  ]);
});

test.each([
  ['no evidence', finding({ evidence: '  ' }), {}, 400],
  ['too much evidence', finding({ evidence: 'x'.repeat(1001) }), {}, 400],
  ['no choice', finding({ happened: '' }), {}, 400],
  ['a wrong form token', finding({ csrf: 'other' }), {}, 403],
  ['another site as its origin', finding(), { origin: 'http://evil.example' }, 403],
  ['no session', finding(), ANONYMOUS, 303],
])('a form with %s changes nothing', async (_name, form, headers, status) => {
  const { deps, calls } = fakeDeps({ ...OPERATOR, requests: [unknownRequest()] });
  const browser = await browse(deps);
  const answer = await browser.post('/attention/req_01JNAUNKNOWN/resolution', form, headers);
  expect(answer.status).toBe(status);
  expect(calls).toEqual([]);
});

test('reading a link of the list changes nothing', async () => {
  const { deps, calls } = fakeDeps({ ...OPERATOR, requests: [unknownRequest()] });
  const browser = await browse(deps);
  for (const path of ['reconcile', 'resolution']) {
    expect((await browser.get(`/attention/req_01JNAUNKNOWN/${path}`)).status).toBe(404);
  }
  expect(calls).toEqual([]);
});
