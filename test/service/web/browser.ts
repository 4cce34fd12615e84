import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { WebDeps } from '../../../policy-service/src/web/deps';
import { createWebRouter } from '../../../policy-service/src/web/router';
import { COOKIE } from './fake-deps';

export interface Browser {
  base: string;
  /** GET as the signed-in person; redirects are not followed. */
  get(path: string, init?: RequestInit): Promise<Response>;
  /** POST of an HTML form as the signed-in person. */
  post(
    path: string,
    form: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Response>;
}

export const ANONYMOUS = { cookie: '' };

const running: Server[] = [];

// A server that a failed test leaves behind would keep the test run from ending.
afterEach(async () => {
  const servers = running.splice(0);
  await Promise.all(
    servers.map((server) => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      return closed;
    }),
  );
});

/** Serves the pages on a free port until the test ends, and visits them as a browser would. */
export async function browse(deps: WebDeps): Promise<Browser> {
  const app = express();
  app.use(createWebRouter(deps));
  const server = createServer(app);
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const visit = (path: string, init: RequestInit) =>
    fetch(new URL(path, base), {
      ...init,
      redirect: 'manual',
      headers: { cookie: `other=1; el_session=${COOKIE}`, ...(init.headers as object) },
    });
  return {
    base,
    get: (path, init = {}) => visit(path, { method: 'GET', ...init }),
    post: (path, form, headers = {}) =>
      visit(path, { method: 'POST', body: new URLSearchParams(form), headers }),
  };
}

/** The readable text of a page: tags away, entities back. */
export function textOf(html: string): string {
  return html
    .replace(/<(?:[^>"]|"[^"]*")*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');
}
