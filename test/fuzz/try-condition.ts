import type { Action } from '../../policy-service/src/domain/catalogue/action';
import {
  conditionCompiler,
  ConditionError,
  type ConditionScope,
} from '../../policy-service/src/domain/conditions/condition';

export const FUZZ_ACTION = {
  id: 'payment.create',
  version: 1,
  class: 'write',
  risk: 'medium',
  money: { amount: 'amount', currency: 'currency' },
  schema: {
    properties: {
      amount: { type: 'string' },
      currency: { type: 'string' },
      count: { type: 'integer' },
      share: { type: 'number' },
      memo: { type: 'string' },
    },
  },
  entities: [
    { name: 'vendor', with: {}, fields: { status: 'string', active: 'boolean' } },
    { name: 'invoice', with: {}, fields: { status: 'string' } },
  ],
} as unknown as Action;

/** Written down apart from the engine's own list, which might be wrong. */
const ALLOWED = new Set([
  ...['subject', 'action', 'arguments', 'intent', 'facts', 'context', 'now'],
  ...['tokenId', 'requestedBy', 'verified', 'roles'].map((name) => `subject.${name}`),
  ...['id', 'class', 'risk', 'version'].map((name) => `action.${name}`),
  ...['amount', 'currency', 'count', 'share', 'memo'].map((name) => `arguments.${name}`),
  ...['vendor', 'vendor.status', 'vendor.active'].map((name) => `facts.${name}`),
  ...['invoice', 'invoice.status'].map((name) => `facts.${name}`),
  ...['source', 'channel', 'hour', 'weekday'].map((name) => `context.${name}`),
  'intent.confidence',
]);
const COMPILER = conditionCompiler(FUZZ_ACTION);

/** What a condition may take: it has at most 10,000 steps. */
const SLOW_MS = 1_000;

const FULL: ConditionScope = {
  subject: { tokenId: 'tok', requestedBy: 'ana', verified: true, roles: ['finance', 'x', 'y'] },
  action: { id: 'payment.create', class: 'write', risk: 'medium', version: 1 },
  arguments: {
    amount: '10000.00',
    currency: 'USD',
    count: 3,
    share: 0.25,
    // Nearly all that a body may hold: work on texts has to be bounded as well as steps.
    memo: 'x'.repeat(60_000),
  },
  intent: { confidence: 0.5 },
  facts: {
    vendor: { value: { status: 'active', active: true } },
    invoice: { value: { status: 'paid' } },
  },
  context: { source: 'test', channel: 'mail', hour: 12, weekday: 'Monday' },
  now: Date.UTC(2026, 0, 5, 12),
};
const EMPTY: ConditionScope = {
  ...FULL,
  subject: { ...FULL.subject, roles: [] },
  arguments: {},
  facts: {},
  context: { source: '', hour: 0, weekday: '' },
};
const WRONG: ConditionScope = {
  ...FULL,
  arguments: { amount: 5, currency: null, count: '3', share: [], memo: { a: 1 } },
  facts: { vendor: { value: { status: 1, active: 'yes' } }, invoice: { value: {} } },
};

export type Outcome = 'refused' | 'matched' | 'not matched' | 'error';

/**
 * Compiles a condition and evaluates it on a full, an empty and an ill-typed request.
 * @throws Error when the condition crashed, was slow, or reached anything but declared names
 */
export function tryCondition(source: string): Outcome {
  for (let times = 1; ; times += 1) {
    const startedAt = performance.now();
    const outcome = tryOnce(source);
    const took = performance.now() - startedAt;
    if (took <= SLOW_MS) return outcome;
    // A busy machine may hold up any condition once; a slow one is slow every time.
    if (times === 3) throw new Error(`it took ${Math.round(took)} ms`);
  }
}

function tryOnce(source: string): Outcome {
  let condition: ReturnType<typeof COMPILER.compile>;
  try {
    condition = COMPILER.compile(source);
  } catch (error) {
    if (error instanceof ConditionError && error.message !== '') return 'refused';
    throw error;
  }
  for (const path of condition.paths) {
    if (!ALLOWED.has(path)) throw new Error(`it reads ${path}`);
  }
  let outcome: Outcome = 'error';
  for (const scope of [WRONG, EMPTY, FULL]) {
    const seen: string[] = [];
    const result = condition.evaluate(watched(scope, '', seen));
    const stray = seen.find((path) => !ALLOWED.has(path));
    if (stray !== undefined) throw new Error(`it reached ${stray}`);
    if (JSON.stringify(condition.evaluate(scope)) !== JSON.stringify(result)) {
      throw new Error('it answers the same request differently');
    }
    if ('error' in result) {
      if (typeof result.error !== 'string' || result.error === '')
        throw new Error('a silent error');
      outcome = 'error';
    } else outcome = result.matched ? 'matched' : 'not matched';
  }
  return outcome;
}

/** The scope, noting every name that is read of it. Records keep their fields under `value`. */
function watched<T extends object>(target: T, path: string, seen: string[]): T {
  return new Proxy(target, {
    get(object, key, receiver) {
      const value: unknown = Reflect.get(object, key, receiver);
      if (typeof key === 'symbol' || Array.isArray(object)) return value;
      const inRecord = key === 'value' && /^facts\.[^.]+$/.test(path);
      const name = inRecord ? path : path === '' ? key : `${path}.${key}`;
      seen.push(name);
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? watched(value, name, seen)
        : value;
    },
  });
}
