import fc from 'fast-check';
import { fakeDeps, type World } from './fake-deps';
import { browse, textOf } from './browser';
import {
  approvedApproval,
  executedRequest,
  invalidRequest,
  paymentApproval,
  paymentRequest,
  stopOf,
  timelineOf,
} from './samples';

/** Fields whose values the service itself chooses from a fixed set. */
const CHOSEN = new Set([
  'state',
  'kind',
  'effect',
  'moment',
  'status',
  'outcome',
  'vote',
  'extractor',
]);

/** Every string and every name of an open record becomes hostile. */
function poisoned<T>(value: T, hostile: string): T {
  const walk = (node: unknown, open: boolean): unknown => {
    if (typeof node === 'string') return `${hostile}${node}`;
    if (Array.isArray(node)) return node.map((item) => walk(item, open));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([name, inner]) => [
        open && name !== 'fetchedAt' ? `${hostile}${name}` : name,
        CHOSEN.has(name) && !open
          ? inner
          : walk(inner, ['arguments', 'evidence', 'data', 'context'].includes(name)),
      ]),
    );
  };
  return walk(value, false) as T;
}

/** Evidence keeps quoting the poisoned text, so that the marked spans are rendered too. */
function quoting(text: string) {
  const quote = text.slice(0, 5);
  return { [text]: { text: quote, start: 0, end: quote.length } };
}

function hostileWorld(hostile: string): World {
  const approval = poisoned(approvedApproval(), hostile);
  const pending = poisoned(paymentApproval(), hostile);
  pending.shown.evidence = quoting(pending.shown.requestText ?? '');
  const request = poisoned(executedRequest(), hostile);
  if (request.intent !== undefined) request.intent.evidence = quoting(request.requestText ?? '');
  return {
    approvals: [pending, approval],
    requests: [poisoned(invalidRequest(), hostile), request, poisoned(paymentRequest(), hostile)],
    timeline: poisoned(timelineOf(executedRequest()), hostile),
    may: { allowed: false, why: `${hostile}why` },
    message: `${hostile}message`,
    stops: [
      poisoned(stopOf({ target: { kind: 'action', id: 'a' } }), hostile),
      poisoned(stopOf({ target: { kind: 'requester', id: 'r' }, liftedAt: 'l' }), hostile),
    ],
    stop: poisoned(stopOf(), hostile),
    operate: { allowed: true },
  };
}

const TAG = /<\/?([a-z][a-z0-9]*)((?: [a-zA-Z-]+(?:="[^"<]*")?)*)\s*\/?>/g;
const ATTRIBUTE = / ([a-zA-Z-]+)(?:="([^"<]*)")?/g;
const ATTRIBUTES = new Set(
  'action aria-current aria-describedby aria-label alt autocomplete charset checked class content datetime height href id label lang maxlength method name placeholder rel required role rows selected src tabindex type value width'.split(
    ' ',
  ),
);

/** What is wrong with the markup of a page: anything that is not plainly our own. */
function foreignMarkup(html: string): string[] {
  const problems: string[] = [];
  const rest = html
    .replace('<!doctype html>', '')
    .replace(TAG, (_all, tag: string, list: string) => {
      if (['script', 'style', 'iframe', 'object', 'svg'].includes(tag) || /^x9/.test(tag)) {
        problems.push(`tag ${tag}`);
      }
      for (const [, name = '', value = ''] of list.matchAll(ATTRIBUTE)) {
        if (!ATTRIBUTES.has(name.toLowerCase())) problems.push(`attribute ${name}`);
        if (['href', 'src', 'action'].includes(name) && !/^(\/(?!\/)|\?|#)/.test(value)) {
          problems.push(`address ${value}`);
        }
      }
      return '';
    });
  if (rest.includes('<')) problems.push(`stray < in ${rest.slice(rest.indexOf('<'), 80)}`);
  return problems;
}

const fragment = fc.constantFrom(
  '<x9 onload=alert(1)>',
  '<script>alert(1)</script>',
  '"><img src=x9 onerror=alert(1)>',
  "' onfocus='alert(1)",
  '" autofocus onfocus="alert(1)',
  '</textarea></title></pre>',
  '<!--',
  ']]>',
  '&lt;x9&gt;',
  'javascript:alert(1)//',
  '//evil.example/',
  '\u202e\u2066\u0000\r\n',
  '{{7*7}}${7*7}',
  '😀é',
);

describe('hostile texts', () => {
  it('never become markup, whatever field they stand in', async () => {
    const { deps, world } = fakeDeps();
    // Ids are hostile as well, so the address does not choose the record here.
    const one = <T>(items: T[], id: string) => items[Number(id) || 0] as T;
    const browser = await browse({
      ...deps,
      session: async () => ({
        csrfToken: world.message,
        person: poisoned(
          { email: 'e', name: 'n', roles: ['r'], aliases: [], passwordHash: 'p', createdAt: 'c' },
          world.message,
        ),
      }),
      approvals: async () => ({ items: world.approvals, nextCursor: world.message }),
      approval: async (id) => one(world.approvals, id),
      requests: async () => ({ items: world.requests, nextCursor: world.message }),
      request: async (id) => one(world.requests, id),
      stopChoices: async () => ({
        actions: [{ id: world.message, title: world.message }],
        connectors: [world.message],
        tokens: [{ id: world.message, name: world.message }],
      }),
      statusByToken: async () => ({
        ...one(world.requests, '1'),
        statusExpiresAt: '2099-01-01T00:00:00Z',
      }),
    });
    const paths = ['/inbox', '/inbox?state=decided', '/inbox/0', '/inbox/1'];
    paths.push('/requests', '/requests/0', '/requests/1', '/requests/2', '/status/x', '/controls');
    await fc.assert(
      fc.asyncProperty(fc.array(fragment, { minLength: 1, maxLength: 4 }), async (fragments) => {
        Object.assign(world, hostileWorld(`<x9>${fragments.join('')}`));
        for (const path of paths) {
          const response = await browser.get(path);
          const html = await response.text();
          expect([path, response.status]).toEqual([path, 200]);
          expect([path, foreignMarkup(html)]).toEqual([path, []]);
          expect(html).toContain('&lt;x9');
          expect(textOf(html)).not.toMatch(/[\u202e\u2066\0]/);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('never become markup when they come with the address or a form', async () => {
    const browser = await browse(fakeDeps().deps);
    const hostile = '"><x9 onload=alert(1)>';
    const query = encodeURIComponent(hostile);
    const pages = await Promise.all([
      browser.get(`/requests?action=${query}&cursor=${query}`),
      browser.get(`/inbox?state=${query}`),
      browser.get(`/sign-in?next=${query}`, { headers: { cookie: '' } }),
      browser.post('/sign-in', { email: hostile, password: hostile, next: hostile }),
    ]);
    for (const page of pages) expect(foreignMarkup(await page.text())).toEqual([]);
  });

  it('would be noticed', () => {
    expect(foreignMarkup('<p><x9></p>')).toEqual(['tag x9']);
    expect(foreignMarkup('<a href="//evil.example">')).toEqual(['address //evil.example']);
    expect(foreignMarkup('<p onclick="x">')).toEqual(['attribute onclick']);
    expect(foreignMarkup('<p><!-- x</p>')).toHaveLength(1);
  });
});
