import { TestService } from '../harness';
import { textOf } from '../web/browser';
import { stricterStock, withoutCases, shippedWith } from './bundles';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.stop());

async function page(path = '/policies'): Promise<{ html: string; text: string; status: number }> {
  const as = await service.person('owner@example.com');
  const answer = await as(path);
  return { html: answer.body, text: textOf(answer.body), status: answer.status };
}
async function activate(files: ReturnType<typeof stricterStock>, reason: string): Promise<string> {
  const { version } = (await service.call('/v1/policies', { files })).body;
  const answer = await service.call(`/v1/policies/${version}/activate`, { reason });
  expect(answer.status).toBe(200);
  return version;
}

test('tells what is in force, since when, by whom and why, and what it says', async () => {
  const version = await activate(stricterStock(200), 'Stock counts were wrong.');
  const { text, html } = await page();
  for (const words of [
    version,
    'Stock counts were wrong.',
    'Activated by test (tok_',
    'Pay vendor',
    'Rules decide',
    'Advice only',
    'A person approves',
    'A payment above 10,000 needs the approval of finance.',
    'Who approves: finance approver, within 3 days',
    'At most 25,000 in 24 h for the same vendor id and currency',
    'No second request in 24 h for the same vendor id, amount and currency',
    'No second request in 90 days for the same vendor id, invoice ref, amount and currency, of those for which this holds:',
    'has(arguments.invoice_ref)',
    'first start',
  ]) {
    expect(text).toContain(words);
  }
  expect(html).toContain('arguments.quantity > 200 || arguments.quantity &lt; -500');
  expect(text).not.toContain('Everything is blocked');
});

test('every past activation is on one of its pages', async () => {
  for (let units = 301; units <= 318; units += 1)
    await activate(stricterStock(units), `To ${units}.`);
  const first = await page();
  expect(first.text).toContain('To 318.');
  expect(first.text).not.toContain('To 301.');
  const next = /href="(\/policies\?cursor=[^"#]+)/.exec(first.html)?.[1] ?? '';
  const second = await page(next);
  expect(second.text).toContain('To 301.');
  expect(second.text).toContain('first start');
  expect(second.html).not.toContain('rel="next"');
});

test('nothing that an author or a reason says becomes markup', async () => {
  const canary = '<img src=x onerror=alert(1)>';
  const files = withoutCases(
    shippedWith(
      'message: The vendor is not active, so it cannot be paid.',
      `message: '${canary} message'`,
    ),
  );
  await activate(files, `${canary} reason`);
  const { html, text } = await page();
  expect(html).not.toContain('<img src=x');
  expect(text).toContain('message');
  expect(html).toContain('&lt;img src=x');
});

test('only signed-in people see it', async () => {
  const answer = await service.call('/policies', undefined, { token: null });
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toMatch(/^\/sign-in/);
  expect(String(answer.body)).not.toContain('vendor-payments-24h');
});
