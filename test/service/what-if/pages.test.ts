import { bundleVersion, inOrder } from '../../../policy-service/src/bundle/source-files';
import { TestService } from '../harness';
import { textOf } from '../web/browser';

/** The pages under /policies/what-if, on a real service, as a signed-in person sees them. */
let service: TestService;
let visit: (
  path: string,
  query?: Record<string, string>,
) => Promise<{ status: number; html: string; text: string }>;

beforeAll(async () => {
  service = await TestService.start();
  const as = await service.person('owner@example.com');
  visit = async (path, query = {}) => {
    const search = new URLSearchParams(query).toString();
    const { status, body } = await as(`/policies/what-if${path}${search ? `?${search}` : ''}`);
    return { status, html: String(body), text: textOf(String(body)) };
  };
});
afterAll(() => service.stop());

const PAYMENT = {
  action: 'vendor_payment.create',
  'a.vendor_id': 'V-1001',
  'a.amount': '12000',
  'a.currency': 'EUR',
};

test('only signed-in people see them', async () => {
  for (const path of ['', '/replay', '/shadow']) {
    const answer = await service.call(`/policies/what-if${path}`, undefined, { token: null });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toMatch(/^\/sign-in\?/);
  }
});

test('the form has a field for each argument, record and limit of the action', async () => {
  const { html, text } = await visit('', { action: 'vendor_payment.create' });
  for (const name of [
    'a.vendor_id',
    'a.amount',
    'a.currency',
    'a.memo',
    'r.vendor',
    'f.vendor.status',
    'u.vendor-payments-24h',
    'requestedBy',
    'confidence',
    'at',
  ]) {
    expect(html).toContain(`name="${name}"`);
  }
  expect(text).toContain('No answer yet');
});

test('answers with the effect, what people would have to do, and every rule', async () => {
  const { text, html } = await visit('', { ...PAYMENT, confidence: '0.5', ask: '1' });
  for (const words of [
    'Needs approval',
    'One person with the role finance approver approves',
    'One person with the role reviewer approves',
    '12,000.00 EUR of this request; at most 25,000.00 EUR',
    'Acme Supplies',
    'vendor-inactive',
    'Does not match',
    'would block',
  ]) {
    expect(text).toContain(words);
  }
  // What was typed is still there.
  expect(html).toMatch(/name="a\.amount" value="12000"/);
});

test('assumed records are marked as assumed', async () => {
  const { text } = await visit('', {
    ...PAYMENT,
    'r.vendor': 'given',
    'f.vendor.vendor_id': 'V-1001',
    'f.vendor.name': 'Acme Supplies',
    'f.vendor.status': 'inactive',
    ask: '1',
  });
  expect(text).toContain('The vendor is not active, so it cannot be paid.');
  expect(text).toContain('vendor: as you wrote it, not as the system has it');
  const gone = await visit('', { ...PAYMENT, 'r.vendor': 'none', ask: '1' });
  expect(gone.text).toContain('There is no vendor V-1001.');
});

test('what is filled in wrongly is told beside the form', async () => {
  const { status, text, html } = await visit('', { ...PAYMENT, at: 'soon', ask: '1' });
  expect(status).toBe(200);
  expect(text).toContain('is no moment');
  expect(html).toMatch(/name="a\.amount" value="12000"/);
  const hostile = await visit('', {
    ...PAYMENT,
    'a.memo': '"><script>alert(1)</script>',
    ask: '1',
  });
  expect(hostile.html).not.toContain('<script');
});

test('a replay of a stored draft tells what would change, in words and sums', async () => {
  const { deps } = service.service;
  const active = deps.bundle().version;
  const stored = (await deps.store.bundleFiles(active)) ?? [];
  const files = inOrder(
    stored.map((file) => ({
      ...file,
      text: file.path.startsWith('policies/')
        ? file.text.replaceAll('decimal("10000")', 'decimal("1000")')
        : file.text,
    })),
  );
  const version = bundleVersion(files);
  expect(version).not.toBe(active);
  const createdAt = new Date().toISOString();
  await deps.store.commit({ bundles: [{ version, files, createdAt, createdBy: 'test' }] });

  const args = { vendor_id: 'V-1003', amount: '2500.00', currency: 'USD' };
  const { body } = await service.tool('vendor_payment.create', args);
  const form = await visit('/replay');
  expect(form.html).toContain(`value="${version}"`);
  const { text, html } = await visit('/replay', { policy: version, run: '1' });
  for (const words of [
    'decisions read 1',
    'would change 1',
    '2,500.00 USD',
    'Allowed → Needs approval',
    'A payment above 10,000 needs the approval of finance.',
  ]) {
    expect(text).toContain(words);
  }
  expect(html).toContain(`href="/requests/${body.id}"`);
  const same = await visit('/replay', { policy: active, run: '1' });
  expect(same.text).toContain('None of them would change');
});

test('rules on trial: none, until one is', async () => {
  expect((await visit('/shadow')).text).toContain('No rule is on trial');
});
