import { actorOf, assertEveryAction, type Caller } from '../../application/change/caller';
import { activateBundle, type ActivationResult } from '../../application/policies/activate-bundle';
import { listPolicies } from '../../application/policies/list-policies';
import type { PolicyActor } from '../../application/policies/policy-deps';
import { turnOf } from '../../application/policies/sent-bundles';
import { rollBack } from '../../application/policies/roll-back';
import { storeBundle } from '../../application/policies/store-bundle';
import { namedBundle } from '../../application/policies/stored-bundle';
import type { SourceFile } from '../../application/ports';
import { AppError } from '../../domain/errors';
import { ACTIVATION_BODY, BUNDLE_BODY, MAX_BUNDLE_BYTES } from '../policy-schemas';
import { bodyOf, type Access, type Route, type RouteContext } from '../route';
import { PAGING, pageSize } from './reads';

const READ: Access = { kind: 'token', scopes: ['requests:read'], orPeople: true };
const WRITE: Access = { kind: 'token', scopes: ['policies:write'] };
const NAME = {
  type: 'string',
  minLength: 1,
  maxLength: 80,
  description: 'Version, its first characters, or "active"',
};

/** Bundles of the policy: storing, comparing, activating. */
export const policyRoutes: Route[] = [
  {
    method: 'get',
    path: '/v1/policies',
    tag: 'Policies',
    summary: 'The active policy, the stored bundles and a page of the activations, newest first',
    access: READ,
    query: PAGING,
    status: 200,
    answer: 'PolicyList',
    handle: async ({ deps, query }) => {
      const { state } = deps.policy;
      const page = { limit: pageSize(query['limit']), cursor: query['cursor'] };
      const listed = await listPolicies(deps.store, page);
      if (!state.valid) return { ...listed, problem: state.problem };
      const { problems, questions } = state;
      return {
        ...listed,
        ...(problems.length > 0 ? { problems } : {}),
        ...(questions.length > 0 ? { questions } : {}),
      };
    },
  },
  {
    method: 'post',
    path: '/v1/policies',
    tag: 'Policies',
    summary: 'Check a bundle, run its test cases and store it; it decides nothing yet',
    access: WRITE,
    idempotencyKey: 'optional',
    body: BUNDLE_BODY,
    maxBodyBytes: MAX_BUNDLE_BYTES,
    status: 201,
    answer: 'StoredPolicy',
    handle: (ctx) => {
      const { files } = bodyOf<{ files: SourceFile[] }>(ctx);
      return storeBundle(ctx.deps, policyActor(ctx.caller), files, 'of this call', ctx.record);
    },
  },
  {
    method: 'get',
    path: '/v1/policies/diff',
    tag: 'Policies',
    summary: 'What changes from one bundle to another, by meaning and line by line',
    access: READ,
    query: { from: NAME, to: NAME },
    status: 200,
    answer: 'PolicyDiff',
    handle: async ({ deps, query, caller }) => {
      const [from, to] = await Promise.all([
        namedBundle(deps.store, query['from'] ?? 'active'),
        namedBundle(deps.store, query['to'] ?? 'active'),
      ]);
      const diff = await deps.sentBundles.diff(from.files, to.files, turnOf(caller));
      return { from: from.version, to: to.version, ...diff };
    },
  },
  {
    method: 'post',
    path: '/v1/policies/rollback',
    tag: 'Policies',
    summary: 'Activate the version that was active before',
    access: WRITE,
    idempotencyKey: 'optional',
    body: ACTIVATION_BODY,
    status: 200,
    answer: 'PolicyActivation',
    handle: (ctx) => {
      assertEveryAction(ctx.caller, 'activate a policy');
      return rollBack(ctx.deps, policyActor(ctx.caller), reasonOf(ctx), ctx.record);
    },
    complete: inForce,
  },
  {
    method: 'get',
    path: '/v1/policies/{version}',
    tag: 'Policies',
    summary: 'Read a bundle with its files',
    access: READ,
    status: 200,
    answer: 'Policy',
    handle: async ({ deps, params }) => {
      const { version, files } = await namedBundle(deps.store, params['version'] ?? '');
      const { bundles } = await listPolicies(deps.store, { limit: 1 });
      return { ...bundles.find((one) => one.version === version), files };
    },
  },
  {
    method: 'post',
    path: '/v1/policies/{version}/activate',
    tag: 'Policies',
    summary: 'Let a stored bundle decide from now on; it is checked and tested again',
    access: WRITE,
    idempotencyKey: 'optional',
    body: ACTIVATION_BODY,
    status: 200,
    answer: 'PolicyActivation',
    handle: async (ctx) => {
      assertEveryAction(ctx.caller, 'activate a policy');
      const { version } = await namedBundle(ctx.deps.store, ctx.params['version'] ?? '');
      const by = policyActor(ctx.caller);
      return activateBundle(ctx.deps, by, version, reasonOf(ctx), ctx.record);
    },
    complete: inForce,
  },
];

/** Answers when the policy is in force in this process; others follow within a second. */
async function inForce({ deps }: RouteContext, answer: unknown): Promise<unknown> {
  try {
    await deps.policy.refresh();
  } catch (err) {
    deps.log.error({ err }, 'the activated policy could not be read anew');
    const { version } = answer as ActivationResult;
    throw new AppError(
      'storage_unavailable',
      `The activation of ${version} is stored, but this process could not read it yet. It decides by it as soon as it can; send the same call again to wait for it.`,
      { policy: { version } },
    );
  }
  return answer;
}

function policyActor(caller: Caller): PolicyActor {
  const actor = actorOf(caller);
  const name = caller.kind === 'token' ? `${caller.token.name} (${caller.token.id})` : actor.id;
  return { actor, name, traceId: caller.traceId };
}

function reasonOf({ body }: RouteContext): string {
  return String(body['reason']);
}
