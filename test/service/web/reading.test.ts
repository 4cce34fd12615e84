import { browse } from './browser';
import { CSRF, fakeDeps } from './fake-deps';
import {
  approvedApproval,
  executedRequest,
  invalidRequest,
  paymentApproval,
  paymentRequest,
  timelineOf,
} from './samples';

/** Many requests, so that lists have further pages to follow. */
function busyWorld() {
  const requests = [paymentRequest(), executedRequest(), invalidRequest()];
  const approvals = [paymentApproval(), approvedApproval()];
  for (let index = 0; index < 26; index += 1) {
    requests.push({ ...invalidRequest(), id: `req_more_${index}` });
    approvals.push(paymentApproval({ id: `apr_more_${index}` }));
  }
  return fakeDeps({ requests, approvals, timeline: timelineOf(executedRequest()) });
}

describe('a scanner that opens every address it can find', () => {
  it('changes nothing, with GET or with HEAD', async () => {
    const { deps, calls } = busyWorld();
    const browser = await browse(deps);
    const queue = ['/'];
    const seen = new Map<string, number>();
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (seen.has(path)) continue;
      await browser.get(path, { method: 'HEAD' });
      const answer = await browser.get(path);
      seen.set(path, answer.status);
      const html = await answer.text();
      const found = [...html.matchAll(/(?:href|action|src|formaction)="([^"#]*)"/g)].map(
        ([, address = '']) => address.replaceAll('&amp;', '&'),
      );
      found.push(answer.headers.get('location') ?? '/');
      for (const address of found) {
        const url = new URL(address, new URL(path, browser.base));
        expect(url.origin).toBe(browser.base);
        queue.push(url.pathname + url.search);
        // Scanners also press buttons.
        if (/vote$|sign-/.test(url.pathname))
          queue.push(`${url.pathname}?vote=approve&csrf=${CSRF}`);
      }
    }
    const visited = [...seen.keys()];
    expect(visited.filter((path) => path.endsWith('/vote')).length).toBeGreaterThan(26);
    expect(visited).toContain('/sign-out');
    expect(visited.some((path) => path.includes('cursor='))).toBe(true);
    expect([...seen.values()].filter((status) => status >= 500)).toEqual([]);
    expect(calls).toEqual([]);
  });
});

describe('every page', () => {
  it('is kept nowhere, runs no script and needs nothing from elsewhere', async () => {
    const { deps } = busyWorld();
    const browser = await browse(deps);
    for (const path of ['/inbox', '/requests', '/requests/req_01JNAEXECUTED', '/inbox/none']) {
      const answer = await browser.get(path);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const html = await answer.text();
      expect(html).toMatch(/^<!doctype html><html lang="en">/);
      expect(html).not.toMatch(/<script|<style|\sstyle=|\son\w+=|https?:\/\//);
      // Capabilities and secrets of the records are no business of a page.
      expect(html).not.toMatch(/canary-password-hash|canary-resume-url|cookie-of-frida/);
    }
  });

  it('finds its stylesheet and its icon, without a session', async () => {
    const browser = await browse(fakeDeps().deps);
    const types = await Promise.all(
      ['/assets/app.css', '/assets/favicon.svg', '/assets/logo.svg'].map(async (path) => {
        const answer = await browser.get(path, { headers: { cookie: '' } });
        return [answer.status, answer.headers.get('content-type')];
      }),
    );
    expect(types).toEqual([
      [200, 'text/css; charset=utf-8'],
      [200, 'image/svg+xml'],
      [200, 'image/svg+xml'],
    ]);
  });

  it.each(['/assets/../router.ts', '/assets/%2e%2e/router.ts', '/assets/..%2frouter.ts'])(
    'keeps what lies beside the assets: %s',
    async (path) => {
      const browser = await browse(fakeDeps().deps);
      const answer = await browser.get(path);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    },
  );
});
