import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import {
  approver,
  records,
  runningStack,
  send,
  service,
  startService,
  waitForState,
} from './harness/stack';
import { waitForExecution } from './harness/variants';

jest.setTimeout(300_000);

const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const inBrowser = existsSync(EXECUTABLE) ? test : test.skip;
if (inBrowser === test.skip) {
  process.stderr.write(
    `No browser at ${EXECUTABLE}: the browser test is left out. Install chromium.\n`,
  );
}
const CHROMIUM = {
  executablePath: EXECUTABLE,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

async function waitingPayment(
  amount: string,
): Promise<{ id: string; approvalId: string; statusUrl: string }> {
  const answer = await send(
    {
      request_text: `Pay vendor V-1001 ${amount} GBP`,
      source: 'test',
      requested_by: 'ana@example.com',
    },
    { 'idempotency-key': `e2e-${randomUUID()}` },
  );
  expect(answer).toMatchObject({ status: 202, body: { state: 'awaiting_approval' } });
  const id = answer.body.id ?? '';
  const request = await service().request(id);
  return { id, approvalId: request.approval?.id ?? '', statusUrl: answer.body.links?.status ?? '' };
}

test('the service restarts while a request waits: it is approved, n8n resumes, one document results', async () => {
  const { id, approvalId } = await waitingPayment('12,600.00');
  await waitForExecution(runningStack().workflows['execution-pipeline'], ['waiting']);
  await startService();
  expect((await (await approver()).vote(approvalId, 'approve')).status).toBe(200);
  await waitForState(id, ['executed']);
  expect(await records('payments', id)).toEqual([expect.objectContaining({ amount: '12600.00' })]);
});

test('the service restarts before n8n has begun to wait: it is executed all the same', async () => {
  const { id, approvalId } = await waitingPayment('12,650.00');
  await startService();
  await waitForExecution(runningStack().workflows['execution-pipeline'], ['waiting']);
  expect((await (await approver()).vote(approvalId, 'approve')).status).toBe(200);
  await waitForState(id, ['executed']);
  expect(await records('payments', id)).toHaveLength(1);
});

test('recommendation, confirmation and write-back are separate moments by different actors', async () => {
  const { id, approvalId } = await waitingPayment('12,700.00');
  await (await approver()).vote(approvalId, 'approve', { comment: 'Checked against the invoice.' });
  await waitForState(id, ['executed']);
  const timeline = await service().timeline(id);
  const moments = timeline.filter(({ moment }) => moment);
  expect(moments.map(({ moment }) => moment)).toEqual([
    'recommendation',
    'confirmation',
    'write_back',
  ]);
  const [recommended, confirmed, written] = moments;
  expect(recommended?.data).toMatchObject({ intent: { arguments: { amount: '12700.00' } } });
  expect(confirmed?.actor).toEqual({ kind: 'person', id: runningStack().approver.email });
  expect(confirmed?.data).toMatchObject({
    vote: { role: 'finance_approver', comment: 'Checked against the invoice.' },
    shown: {
      arguments: { amount: '12700.00' },
      facts: { vendor: { value: { status: 'active' } } },
    },
  });
  expect(written?.data).toMatchObject({
    erpReference: expect.stringMatching(/^PAY-/),
    attempts: [{ outcome: 'done' }],
  });
});

test('the status link shows the requester the truth without a login, and nothing more', async () => {
  const { id, approvalId, statusUrl } = await waitingPayment('12,800.00');
  const waiting = await (await fetch(statusUrl)).text();
  expect(waiting).toMatch(/approval/i);
  expect(waiting).not.toMatch(/V-1001|12,?800|ana@example|Acme|apr_|finance@|demo\.example/);
  await (await approver()).vote(approvalId, 'approve');
  await waitForState(id, ['executed']);
  const executed = await (await fetch(statusUrl)).text();
  expect(executed).toMatch(/executed/i);
  expect(executed).not.toMatch(/V-1001|12,?800|ana@example|Acme|apr_|demo\.example/);
  expect((await fetch(`${statusUrl.slice(0, -4)}AAAA`)).status).toBe(404);
});

inBrowser('an approver signs in with a browser, sees everything, and approves', async () => {
  const { id, approvalId } = await waitingPayment('12,900.00');
  const { service: running, approver: person } = runningStack();
  const browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage();
    await page.goto(`${running.url}/inbox/${approvalId}`);
    await page.fill('input[name=email]', person.email);
    await page.fill('input[name=password]', person.password);
    await page.click('button[type=submit]');
    await page.waitForURL(`**/inbox/${approvalId}`);
    const shown = await page.innerText('main');
    for (const part of [
      'V-1001',
      'Acme Supplies',
      'GBP',
      'ana@example.com',
      'payment-above-10000',
    ]) {
      expect(shown).toContain(part);
    }
    expect((await service().request(id)).state).toBe('awaiting_approval');
    await page.fill('textarea[name=comment]', 'Approved in the browser.');
    await page.click('button[value=approve]');
    await page.waitForLoadState();
    await waitForState(id, ['executed']);
  } finally {
    await browser.close();
  }
  expect(await records('payments', id)).toHaveLength(1);
});
