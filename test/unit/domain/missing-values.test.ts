import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadBundle } from '../../../policy-service/src/bundle/load-bundle';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import type { Action } from '../../../policy-service/src/domain/catalogue/action';
import type { DecideInput } from '../../../policy-service/src/domain/decision/decide';
import { explain } from '../../../policy-service/src/domain/decision/explain';
import type { FactRecord } from '../../../policy-service/src/domain/request/facts';
import { limitShare } from '../../../policy-service/src/domain/decision/limit';
import type { ActionPolicy } from '../../../policy-service/src/domain/decision/policy';
import type { Json, JsonObject } from '../../../policy-service/src/domain/request/request';

/**
 * Takes each argument and each fact away in turn, once left out and once null, from a request that
 * has them all: where a rule, tiers or a limit needs the value, the outcome is never allow.
 */

const ROOT = resolve(__dirname, '../../..');
const EXAMPLES = join(ROOT, 'examples/rules/policies');
const NOW = new Date('2026-01-07T12:00:00.000Z');
const shipped = readBundleFolder(join(ROOT, 'policy-service'));
const examples = readdirSync(EXAMPLES).map((name) => ({
  path: `policies/examples-${name}`,
  text: readFileSync(join(EXAMPLES, name), 'utf8'),
}));
const withoutCases = [...shipped, ...examples].filter(({ path }) => !path.startsWith('tests/'));

const SAMPLE: Record<string, Json> = { string: 'x', integer: 1, number: 0.5, boolean: true };

function fullArguments({ schema, money }: Action): JsonObject {
  const properties = (schema['properties'] ?? {}) as Record<string, JsonObject>;
  const values = Object.entries(properties).map(([name, { type }]): [string, Json] => [
    name,
    name === money?.amount ? '1.00' : (SAMPLE[String(type)] ?? 'x'),
  ]);
  return Object.fromEntries(values);
}

function fullFacts({ entities }: Action): Record<string, FactRecord> {
  return Object.fromEntries(
    entities.map(({ name, fields }) => [
      name,
      {
        value: Object.fromEntries(
          Object.entries(fields).map(([field, type]) => [field, SAMPLE[type] ?? null]),
        ),
        fetchedAt: NOW.toISOString(),
        connectorId: 'mock-erp',
      },
    ]),
  );
}

function without<T extends object>(from: T, name: string): T {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key !== name)) as T;
}

function input(
  policy: ActionPolicy,
  values: JsonObject,
  facts: Record<string, FactRecord>,
): DecideInput {
  const { action } = policy;
  const subject = {
    tokenId: 'tok_1',
    tokenOwner: null,
    requestedBy: 'ana',
    verified: true,
    roles: action.requesterRoles ?? [],
  };
  return {
    request: {
      id: 'req_1',
      kind: 'action',
      state: 'validated',
      traceId: '0'.repeat(32),
      subject,
      source: 'test',
      context: { channel: 'mail' },
      intent: {
        action: action.id,
        arguments: values,
        confidence: 1,
        reasons: [],
        extractor: 'submitted',
      },
      actionVersion: action.version,
      arguments: values,
      needsPerson: false,
      statusToken: 'x',
      statusExpiresAt: NOW.toISOString(),
      createdAt: NOW.toISOString(),
      updatedAt: NOW.toISOString(),
    },
    policy,
    policyVersion: policy.version,
    facts,
    limits: policy.limits.map(({ rule: limit }) => ({
      limitId: limit.id,
      share: limitShare(limit, values, subject, action.id),
      used: 0n,
    })),
    now: NOW,
    timeZone: 'UTC',
  };
}

const UNCONDITIONAL = { paths: [] as string[], required: [] as string[] };

/** Ids of the enforced parts that cannot be judged without the value at a path. */
function needing(policy: ActionPolicy, path: string): string[] {
  return [
    ...policy.rules
      .filter(({ rule, condition }) => rule.mode === 'enforce' && condition.required.includes(path))
      .map(({ rule }) => rule.id),
    ...policy.tiers
      .filter(({ rule, paths }) => rule.mode === 'enforce' && paths.includes(path))
      .map(({ rule }) => rule.id),
    ...policy.limits
      .filter(
        ({ rule: { mode, key, sum }, condition: { paths, required } = UNCONDITIONAL }) =>
          mode === 'enforce' &&
          // A limit that asks whether it is there does not count what lacks it.
          (required.includes(path) || ([...key, sum].includes(path) && !paths.includes(path))),
      )
      .map(({ rule }) => rule.id),
  ];
}

describe.each([
  ['the shipped bundle', shipped],
  ['the shipped bundle with the rules of the guide', withoutCases],
])('%s', (_name, files) => {
  const { bundle } = loadBundle(files, 'test');

  test('an argument that is left out or null never allows where a rule needs it', () => {
    let checked = 0;
    for (const action of bundle.actions) {
      const policy = bundle.policy(action.id)!;
      const values = fullArguments(action);
      for (const name of Object.keys(values)) {
        const ids = needing(policy, `arguments.${name}`);
        for (const changed of [without(values, name), { ...values, [name]: null }]) {
          const { decision, rules } = explain(input(policy, changed, fullFacts(action)));
          for (const id of ids) {
            checked += 1;
            expect({ action: action.id, name, effect: decision.effect }).not.toMatchObject({
              effect: 'allow',
            });
            expect(rules.find(({ ruleId }) => ruleId === id)).toMatchObject({ result: 'error' });
          }
        }
      }
    }
    expect(checked).toBeGreaterThan(10);
  });

  test('a fact that is left out or null always blocks, and its rules say so', () => {
    let checked = 0;
    for (const action of bundle.actions) {
      const policy = bundle.policy(action.id)!;
      const values = fullArguments(action);
      for (const { name: entity, fields } of action.entities) {
        for (const field of Object.keys(fields)) {
          const facts = fullFacts(action);
          const fact = facts[entity] as FactRecord;
          for (const value of [without(fact.value, field), { ...fact.value, [field]: null }]) {
            const changed = { ...facts, [entity]: { ...fact, value } };
            const { decision, rules } = explain(input(policy, values, changed));
            checked += 1;
            expect(decision.effect).toBe('block');
            expect(decision.reasons).toContainEqual({
              ruleId: 'fact-missing',
              message: `${entity}.${field} is not known from the system of record.`,
            });
            for (const id of needing(policy, `facts.${entity}.${field}`)) {
              expect(rules.find(({ ruleId }) => ruleId === id)).toMatchObject({ result: 'error' });
            }
          }
          const noRecord = without(facts, entity);
          expect(explain(input(policy, values, noRecord)).decision.effect).toBe('block');
        }
      }
    }
    expect(checked).toBeGreaterThan(20);
  });
});

test('a proposer that states no confidence has none', () => {
  const { bundle } = loadBundle(shipped, 'test');
  const policy = bundle.policy('vendor.read')!;
  const given = input(policy, fullArguments(policy.action), fullFacts(policy.action));
  const { decision } = explain({ ...given, request: { ...given.request, intent: undefined } });
  expect(decision).toMatchObject({
    effect: 'require_approval',
    reasons: [{ ruleId: 'low-confidence' }],
  });
});
