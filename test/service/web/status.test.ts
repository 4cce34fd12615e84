import { ANONYMOUS, browse, textOf } from './browser';
import { fakeDeps } from './fake-deps';
import { ago, executedRequest, invalidRequest, paymentRequest } from './samples';

/** Every string and number of a value becomes a canary, except at the given paths. */
function withCanaries<T>(value: T, keep: RegExp, path = ''): T {
  if (keep.test(path)) return value;
  if (typeof value === 'string') return `canary${path.replaceAll('/', '-')}` as T;
  if (typeof value === 'number') return 987_654_321 as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item, index) => withCanaries(item, keep, `${path}/${index}`)) as T;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      withCanaries(inner, keep, `${path}/${name}`),
    ]),
  ) as T;
}

const PUBLIC = /^\/(state|statusExpiresAt|decision\/reasons\/\d+\/message)$/;

describe('the status page', () => {
  it.each([
    ['waiting', paymentRequest(), 'Waiting for approval'],
    ['executed', executedRequest(), 'Executed'],
    ['invalid', invalidRequest(), 'Invalid'],
  ])(
    'shows state, message and reasons of a request that is %s, and nothing else',
    async (_, request, word) => {
      const kept = withCanaries(request, PUBLIC);
      const { deps } = fakeDeps({ message: 'One true sentence.' });
      const session = jest.fn(deps.session);
      const browser = await browse({ ...deps, session, statusByToken: async () => kept });
      const answer = await browser.get('/status/some-token');
      const html = await answer.text();
      const reasons = (kept.decision?.reasons ?? []).map((reason) => reason.message);

      expect(answer.status).toBe(200);
      const text = textOf(html);
      for (const shown of [word, 'One true sentence.', ...reasons]) expect(text).toContain(shown);
      expect(html).not.toMatch(/canary|987.?654.?321|some-token|Frida/);
      answer.headers.forEach((value) => expect(value).not.toMatch(/canary|some-token/));
      // Who looks is not asked: the page is the same for everybody.
      expect(session).not.toHaveBeenCalled();
    },
  );

  it('is not kept, not indexed and not told to other sites', async () => {
    const browser = await browse(fakeDeps({ requests: [paymentRequest()] }).deps);
    const { headers } = await browser.get('/status/st_SAMPLE_TOKEN', { headers: ANONYMOUS });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-robots-tag')).toContain('noindex');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('is the same 404 for an unknown and for an expired token', async () => {
    const expired = paymentRequest({ statusToken: 'st_old', statusExpiresAt: ago(0) });
    const unreadable = paymentRequest({ statusToken: 'st_odd', statusExpiresAt: 'soon' });
    const browser = await browse(fakeDeps({ requests: [expired, unreadable] }).deps);
    const answers = await Promise.all(
      ['st_none', 'st_old', 'st_odd'].map(async (token) => {
        const answer = await browser.get(`/status/${token}`, { headers: ANONYMOUS });
        return [answer.status, answer.headers.get('referrer-policy'), await answer.text()];
      }),
    );
    expect(answers[0]?.[0]).toBe(404);
    expect(answers[0]?.[1]).toBe('no-referrer');
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });
});
