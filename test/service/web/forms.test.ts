import { AppError } from '../../../policy-service/src/domain/errors';
import { ANONYMOUS, browse, textOf } from './browser';
import { COOKIE, CSRF, fakeDeps, PASSWORD } from './fake-deps';
import { paymentApproval, paymentRequest, PERSON } from './samples';

const approval = paymentApproval();
const world = () => fakeDeps({ approvals: [approval], requests: [paymentRequest()] });
const VOTE = `/inbox/${approval.id}/vote`;
const ballot = (changes: Record<string, string> = {}) => ({
  csrf: CSRF,
  digest: approval.digest,
  vote: 'approve',
  comment: '',
  ...changes,
});

describe('signing in', () => {
  const credentials = { email: PERSON.email, password: PASSWORD };

  it.each(['/inbox', '/requests?state=failed&action=vendor_payment.create', '/inbox/apr_01'])(
    'goes on to %s afterwards',
    async (next) => {
      const browser = await browse(world().deps);
      const answer = await browser.post('/sign-in', { ...credentials, next }, ANONYMOUS);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, next]);
    },
  );

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/.//evil.example',
    '\\\\evil.example',
    '/%2f%2fevil.example',
    '/inbox//evil.example',
    '/inbox\r\nSet-Cookie: a=b',
    '/\t/evil.example',
    'javascript:alert(1)',
    '@evil.example',
    '',
  ])('never goes on to %j', async (next) => {
    const browser = await browse(world().deps);
    const answer = await browser.post('/sign-in', { ...credentials, next }, ANONYMOUS);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/inbox']);
    const query = await browser.get(`/sign-in?next=${encodeURIComponent(next)}`);
    expect([query.status, query.headers.get('location')]).toEqual([303, '/inbox']);
  });

  it.each([
    ['http://127.0.0.1:4310', false],
    ['https://approvals.example.com', true],
  ])('sets a cookie that scripts cannot read, at %s', async (publicUrl, secure) => {
    const browser = await browse({ ...world().deps, publicUrl });
    const answer = await browser.post('/sign-in', credentials, ANONYMOUS);
    const parts = (answer.headers.get('set-cookie') ?? '').split('; ');
    expect(parts[0]).toBe(`el_session=${COOKIE}`);
    expect(parts).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'SameSite=Lax']));
    expect(parts.includes('Secure')).toBe(secure);
  });

  it('says on the form that the credentials are wrong, and never repeats the password', async () => {
    const browser = await browse(world().deps);
    const answer = await browser.post(
      '/sign-in',
      { email: PERSON.email, password: 'my-wrong-password', next: '/requests' },
      ANONYMOUS,
    );
    const html = await answer.text();
    expect(answer.status).toBe(401);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(textOf(html)).toContain('E-mail and password do not fit together.');
    expect(html).toContain('value="/requests"');
    expect(html).not.toContain('my-wrong-password');
  });

  it('tells too many tries with 429', async () => {
    const signIn = async () => {
      throw new AppError('rate_limited', 'Wait a minute, then try again.');
    };
    const browser = await browse({ ...world().deps, signIn });
    const answer = await browser.post('/sign-in', credentials, ANONYMOUS);
    expect(answer.status).toBe(429);
    expect(textOf(await answer.text())).toContain('Wait a minute');
  });

  it('refuses a form of another site', async () => {
    const { deps, calls } = world();
    const browser = await browse(deps);
    const headers = { ...ANONYMOUS, origin: 'https://evil.example' };
    expect((await browser.post('/sign-in', credentials, headers)).status).toBe(403);
    expect(calls).toEqual([]);
  });

  it.each(['/inbox', '/inbox/apr_01', '/requests', '/requests/req_01'])(
    'is asked for by %s, which comes back afterwards',
    async (path) => {
      const browser = await browse(world().deps);
      const answer = await browser.get(path, { headers: ANONYMOUS });
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toBe(`/sign-in?next=${encodeURIComponent(path)}`);
    },
  );
});

describe('voting', () => {
  it('passes on the person of the session, the digest that was shown and the comment', async () => {
    const { deps, calls } = world();
    const browser = await browse(deps);
    const answer = await browser.post(VOTE, ballot({ comment: ' looks right\r\nto me ' }));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/inbox/${approval.id}`]);
    expect(calls).toEqual([
      {
        name: 'vote',
        input: {
          person: PERSON,
          approvalId: approval.id,
          vote: 'approve',
          digest: approval.digest,
          comment: 'looks right\nto me',
        },
      },
    ]);
  });

  it('works with exactly what the page offers', async () => {
    const { deps, calls } = world();
    const browser = await browse(deps);
    const html = await (await browser.get(`/inbox/${approval.id}`)).text();
    const form = /<form method="post" action="([^"]*\/vote)"[^]*?<\/form>/.exec(html);
    const fields = Object.fromEntries(
      [...(form?.[0] ?? '').matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(
        ([, name, value]) => [name, value],
      ),
    ) as Record<string, string>;
    await browser.post(form?.[1] ?? '', { ...fields, vote: 'reject' });
    expect(calls).toMatchObject([
      { name: 'vote', input: { vote: 'reject', digest: approval.digest } },
    ]);
  });

  it.each<[string, Record<string, string>, Record<string, string>, number]>([
    ['no CSRF token', { csrf: '' }, {}, 403],
    ['a wrong CSRF token', { csrf: `${CSRF}x` }, {}, 403],
    ['another origin', {}, { origin: 'https://evil.example' }, 403],
    ['an opaque origin', {}, { origin: 'null' }, 403],
    ['the same name on another port', {}, { origin: 'http://127.0.0.1:1' }, 403],
    ['no vote', { vote: '' }, {}, 400],
    ['an unknown vote', { vote: 'maybe' }, {}, 400],
    ['no digest', { digest: '' }, {}, 400],
    ['an endless comment', { comment: 'x'.repeat(1001) }, {}, 400],
    ['a form above 16 KB', { comment: 'x'.repeat(17_000) }, {}, 413],
    ['no session', {}, ANONYMOUS, 303],
    ['the session of nobody', {}, { cookie: 'el_session=forged' }, 303],
    ['a broken cookie', {}, { cookie: 'el_session=%E0%A4%A' }, 303],
    ['JSON instead of a form', {}, { 'content-type': 'application/json' }, 403],
  ])('is refused with %s', async (_name, changes, headers, status) => {
    const { deps, calls } = world();
    const browser = await browse(deps);
    const answer = await browser.post(VOTE, ballot(changes), headers);
    expect([answer.status, calls]).toEqual([status, []]);
    if (status === 303) {
      const next = encodeURIComponent(`/inbox/${approval.id}`);
      expect(answer.headers.get('location')).toBe(`/sign-in?next=${next}`);
    }
  });

  it('is refused with a repeated CSRF field', async () => {
    const { deps, calls } = world();
    const browser = await browse(deps);
    const body = new URLSearchParams([...Object.entries(ballot()), ['csrf', CSRF]]);
    const answer = await browser.get(VOTE, { method: 'POST', body });
    expect([answer.status, calls]).toEqual([403, []]);
  });

  it('accepts the public address and the address in the browser as its own origin', async () => {
    const { deps, calls } = world();
    const browser = await browse(deps);
    for (const origin of [deps.publicUrl, browser.base]) {
      expect((await browser.post(VOTE, ballot(), { origin })).status).toBe(303);
    }
    expect(calls).toHaveLength(2);
  });

  it.each([
    ['approval_closed', 409, 'This was already decided.'],
    ['digest_mismatch', 409, 'The request changed after you opened it.'],
    ['already_voted', 409, 'You voted before.'],
    ['self_approval', 403, 'You requested this yourself.'],
    ['not_an_approver', 403, 'This needs the role finance_approver.'],
    ['rate_limited', 429, 'Wait a minute.'],
    ['storage_unavailable', 503, 'The storage does not answer.'],
  ] as const)('tells %s as a page with a way back', async (code, status, message) => {
    const vote = async () => {
      throw new AppError(code, message);
    };
    const browser = await browse({ ...world().deps, vote });
    const answer = await browser.post(VOTE, ballot());
    const html = await answer.text();
    expect(answer.status).toBe(status);
    expect(textOf(html)).toContain(message);
    expect(html).toContain(`href="/inbox/${approval.id}"`);
  });
});

describe('signing out', () => {
  it('ends the session and takes the cookie back', async () => {
    const { deps, calls } = world();
    const browser = await browse(deps);
    const answer = await browser.post('/sign-out', { csrf: CSRF });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in']);
    expect(answer.headers.get('set-cookie')).toMatch(/^el_session=;.*Expires=Thu, 01 Jan 1970/);
    expect(calls).toEqual([{ name: 'signOut', input: COOKIE }]);
  });

  it('is refused without the CSRF token', async () => {
    const { deps, calls } = world();
    const browser = await browse(deps);
    expect((await browser.post('/sign-out', {})).status).toBe(403);
    expect(calls).toEqual([]);
  });
});
