import type { MayOperate, MayVote, WebDeps } from '../../../policy-service/src/web/deps';
import type { Activation } from '../../../policy-service/src/application/ports';
import type { StoredEntry } from '../../../policy-service/src/audit/entry';
import type { Approval } from '../../../policy-service/src/domain/approval/approval';
import type { Control } from '../../../policy-service/src/domain/stops/stop';
import { AppError } from '../../../policy-service/src/domain/errors';
import type { GovernedRequest } from '../../../policy-service/src/domain/request/request';
import { NOW, PERSON, stopOf } from './samples';

export const COOKIE = 'cookie-of-frida';
export const CSRF = 'csrf-of-frida';
export const PASSWORD = 'a good long password';

const ACTIVATION: Activation = {
  sequence: 1,
  version: `sha256:${'0'.repeat(64)}`,
  at: NOW.toISOString(),
  by: 'service',
  reason: 'first start',
};
const EMPTY_POLICY = {
  activation: ACTIVATION,
  bundle: {
    version: ACTIVATION.version,
    actions: [],
    action: () => undefined,
    policy: () => undefined,
    checkArguments: () => ({ ok: false as const, errors: [] }),
  },
  connectors: new Map(),
  facts: { entities: async () => ({ found: {}, missing: [] }) },
};
const nothingToAsk = (): AppError => new AppError('invalid_parameter', 'There is nothing to ask.');

export interface World {
  approvals: Approval[];
  requests: GovernedRequest[];
  timeline: StoredEntry[];
  may: MayVote;
  message: string;
  logProblem?: string;
  clockProblem?: string;
  whyNotReconcile?: string;
  /** Newest first; those without liftedAt hold. */
  stops: Control[];
  /** The stop that holds every request back. */
  stop?: Control;
  operate: MayOperate;
}

/** A WebDeps over plain arrays that writes down every call that changes something. */
export function fakeDeps(changes: Partial<World> = {}, overrides: Partial<WebDeps> = {}) {
  const world: World = {
    approvals: [],
    requests: [],
    timeline: [],
    may: { allowed: true, role: 'finance_approver' },
    message: 'Waiting for approval by finance approver.',
    stops: [],
    operate: { allowed: true },
    ...changes,
  };
  const calls: { name: string; input: unknown }[] = [];
  const refusals: { person?: string; route: string; code: string }[] = [];
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
    async signIn({ email, password }) {
      calls.push({ name: 'signIn', input: { email } });
      if (email !== PERSON.email || password !== PASSWORD) {
        throw new AppError('invalid_credentials', 'E-mail and password do not fit together.');
      }
      return { cookie: COOKIE, expiresAt: '2099-01-01T00:00:00.000Z' };
    },
    async signOut(cookie) {
      calls.push({ name: 'signOut', input: cookie });
    },
    takeCall: () => undefined,
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
      return { entries: world.timeline };
    },
    async statusByToken(token) {
      return world.requests.find((one) => one.statusToken === token);
    },
    clockProblem: () => world.clockProblem,
    async logProblem() {
      return world.logProblem;
    },
    async activeStops() {
      return world.stops.filter(({ liftedAt }) => liftedAt === undefined);
    },
    twinsOf: async () => [],
    async stopOf() {
      return world.stop;
    },
    async controls(page) {
      return paged(world.stops, page);
    },
    async stopChoices() {
      return {
        actions: [{ id: 'vendor_payment.create', title: 'Pay a vendor' }],
        connectors: ['mock-erp'],
        tokens: [{ id: 'tok_01JNA', name: 'n8n' }],
      };
    },
    mayOperate: () => world.operate,
    whyNotReconcile: () => world.whyNotReconcile,
    async reconcile(person, id) {
      calls.push({ name: 'reconcile', input: { person: person.email, id } });
    },
    async resolve(person, id, finding) {
      calls.push({ name: 'resolve', input: { person: person.email, id, ...finding } });
    },
    async stop(person, order) {
      calls.push({ name: 'stop', input: { person: person.email, ...order } });
      if (order.reason === '') throw new AppError('invalid_parameter', 'Say why.');
      return stopOf({ target: order.target as Control['target'], reason: order.reason });
    },
    async lift(person, id, reason) {
      calls.push({ name: 'lift', input: { person: person.email, id, reason } });
      return found(world.stops.find((one) => one.id === id));
    },
    // The pages of policies and what-if are tested on a real service; here they are empty.
    policies: {
      state: () => ({ revision: 1, valid: true, problems: [], questions: [], ...EMPTY_POLICY }),
      activations: async () => ({ items: [EMPTY_POLICY.activation] }),
    },
    whatIf: {
      policies: async () => [],
      outline: async () => ({ version: ACTIVATION.version, actions: [], limits: new Map() }),
      simulate: async () => Promise.reject(nothingToAsk()),
      replay: async () => Promise.reject(nothingToAsk()),
      shadow: async () => Promise.reject(nothingToAsk()),
    },
    message: () => world.message,
    async refused({ person, route }, error) {
      refusals.push({ person: person?.email, route, code: error.code });
    },
    unexpected(error) {
      calls.push({ name: 'unexpected', input: error });
    },
    publicUrl: 'http://127.0.0.1:4310',
    now: () => NOW,
    ...overrides,
  };
  return { deps, world, calls, refusals };
}
