import type { MayVote, WebDeps } from '../../../policy-service/src/web/deps';
import type { StoredEntry } from '../../../policy-service/src/audit/entry';
import type { Approval } from '../../../policy-service/src/domain/approval';
import { AppError } from '../../../policy-service/src/domain/errors';
import type { GovernedRequest } from '../../../policy-service/src/domain/request';
import { NOW, PERSON } from './samples';

export const COOKIE = 'cookie-of-frida';
export const CSRF = 'csrf-of-frida';
export const PASSWORD = 'a good long password';

export interface World {
  approvals: Approval[];
  requests: GovernedRequest[];
  timeline: StoredEntry[];
  may: MayVote;
  message: string;
}

/** A WebDeps over plain arrays that writes down every call that changes something. */
export function fakeDeps(changes: Partial<World> = {}, overrides: Partial<WebDeps> = {}) {
  const world: World = {
    approvals: [],
    requests: [],
    timeline: [],
    may: { allowed: true, role: 'finance_approver' },
    message: 'Waiting for approval by finance approver.',
    ...changes,
  };
  const calls: { name: string; input: unknown }[] = [];
  const found = <T>(item: T | undefined): T => {
    if (item === undefined) throw new AppError('not_found', 'There is no such thing.');
    return item;
  };
  /** The cursor is the index of the first item of the page. */
  const paged = <T>(items: T[], { cursor, limit }: { cursor?: string; limit: number }) => {
    const start = Number(cursor ?? 0);
    const end = start + limit;
    return {
      items: items.slice(start, end),
      nextCursor: end < items.length ? String(end) : undefined,
    };
  };
  const deps: WebDeps = {
    async signIn(email, password) {
      calls.push({ name: 'signIn', input: { email } });
      if (email !== PERSON.email || password !== PASSWORD) {
        throw new AppError('invalid_credentials', 'E-mail and password do not fit together.');
      }
      return { cookie: COOKIE, expiresAt: '2099-01-01T00:00:00.000Z' };
    },
    async signOut(cookie) {
      calls.push({ name: 'signOut', input: cookie });
    },
    async session(cookie) {
      return cookie === COOKIE ? { person: PERSON, csrfToken: CSRF } : undefined;
    },
    async approvals({ state, ...page }) {
      return paged(
        world.approvals.filter((one) => state === undefined || one.state === state),
        page,
      );
    },
    async approval(id) {
      return found(world.approvals.find((one) => one.id === id));
    },
    async vote(input) {
      calls.push({ name: 'vote', input });
      return found(world.approvals.find((one) => one.id === input.approvalId));
    },
    async mayVote() {
      return world.may;
    },
    async requests({ states, action, needsPerson, ...page }) {
      return paged(
        world.requests.filter(
          (one) =>
            (states === undefined || states.includes(one.state)) &&
            (action === undefined || one.intent?.action === action) &&
            (needsPerson === undefined || one.needsPerson === needsPerson),
        ),
        page,
      );
    },
    async request(id) {
      return found(world.requests.find((one) => one.id === id));
    },
    async timeline() {
      return world.timeline;
    },
    async statusByToken(token) {
      return world.requests.find((one) => one.statusToken === token);
    },
    message: () => world.message,
    unexpected(error) {
      calls.push({ name: 'unexpected', input: error });
    },
    publicUrl: 'http://127.0.0.1:4310',
    now: () => NOW,
    ...overrides,
  };
  return { deps, world, calls };
}
