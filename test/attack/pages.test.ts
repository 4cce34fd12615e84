import { Target } from './support/target';

/** Texts of strangers on the pages of those who approve, and links that lead people away. */
let target: Target;
let headers: Record<string, string>;
beforeAll(async () => {
  target = await Target.start();
  target.newPerson('ana@example.com', 'finance_approver,operator');
  headers = await target.signIn('ana@example.com');
});
afterAll(() => target?.stop());

test('the page of the API runs nothing', async () => {
  const { headers: sent, body } = await target.anonymous('/docs');
  expect(sent.get('content-security-policy')).not.toMatch(/script-src|unsafe/);
  expect(body).not.toContain('<script');
});

test('what a stranger writes is text on every page, and what is not seen is shown', async () => {
  const memo = `"><script>alert(1)</script><img src=x onerror=alert(1)><form action=//evil.example.com><style>*{}</style>{{7*7}}`;
  const { body } = await target.tool(
    'vendor_payment.create',
    { vendor_id: 'V-1001', amount: '12500.00', currency: 'USD', memo },
    { requestedBy: '<b>ana</b>"onload="x', source: '<i>"x' },
  );
  expect(body.state).toBe('awaiting_approval');
  const hidden = `Pay vendor V-1001 500 USD \u202eevil\u202c \u200b<script>x</script>`;
  const { body: read } = await target.propose(hidden);
  const pages = [
    '/inbox',
    `/inbox/${body.approval.id}`,
    '/requests',
    `/requests/${body.id}`,
    `/requests/${read.id}`,
    '/attention',
    '/controls',
    '/policies',
    new URL(body.links.status).pathname,
  ];
  for (const path of pages) {
    const page = await target.anonymous(path, undefined, { headers });
    expect({ path, status: page.status }).toEqual({ path, status: 200 });
    expect(page.body).not.toMatch(
      /<script|<img src=x|<style|<b>ana|<i>"|onload="|[\u202a-\u202e\u200b]/,
    );
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src|unsafe|https?:|\*/);
    expect(page.headers.get('cache-control')).toMatch(/no-store/);
  }
});

test.each([
  '//evil.example.com',
  '/\\evil.example.com',
  'https://evil.example.com',
  '/%2f/evil.example.com',
  '/inbox/../..//evil.example.com',
  'javascript:alert(1)',
  '/\t/evil.example.com',
  '/inbox\r\nX: y',
])('signing in leads on to no other site: %j', async (next) => {
  const page = await target.anonymous(`/sign-in?next=${encodeURIComponent(next)}`, undefined, {
    headers: {},
  });
  expect(page.body ?? '').not.toMatch(/evil|javascript:/);
  const raw = new URLSearchParams({ email: 'ana@example.com', password: 'wrong', next }).toString();
  const posted = await target.anonymous('/sign-in', undefined, {
    raw,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(posted.headers.get('location') ?? '').not.toMatch(/evil|javascript/);
  expect(posted.body ?? '').not.toMatch(/evil|javascript:/);
});
