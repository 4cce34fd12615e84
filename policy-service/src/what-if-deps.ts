import { randomBytes } from 'node:crypto';
import type { Caller } from './application/caller';
import type { Deps } from './application/deps';
import { listPolicies } from './application/policies/list-policies';
import { chooseBundle } from './application/what-if/choose-bundle';
import { replayPage } from './application/what-if/replay-page';
import { shadowPage } from './application/what-if/shadow-page';
import { simulate } from './application/what-if/simulate';
import type { Person } from './domain/identity';
import type { WhatIfDeps } from './web/what-if-deps';

/** The use cases behind the pages under /policies/what-if. */
export function whatIfDeps(deps: Deps): WhatIfDeps {
  const asked = async (person: Person, route: string): Promise<Caller> => {
    const traceId = randomBytes(16).toString('hex');
    const caller: Caller = { kind: 'person', person, traceId };
    await deps.calls.asked('policy.what_if_asked', { caller, traceId, route });
    return caller;
  };
  return {
    async policies() {
      const { bundles } = await listPolicies(deps.store, { limit: 1 });
      return bundles.sort((a, b) => Number(b.active) - Number(a.active));
    },
    bundle: (version) => chooseBundle(deps, version === undefined ? {} : { version }),
    async simulate(person, question, bundle) {
      const caller = await asked(person, 'GET /policies/what-if');
      return simulate(deps, caller, question, bundle);
    },
    async replay(person, bundle, period, page) {
      await asked(person, 'GET /policies/what-if/replay');
      const { timeZone } = deps.settings;
      return replayPage(deps.store, { ...period, bundle, timeZone }, page);
    },
    async shadow(person, period, page) {
      await asked(person, 'GET /policies/what-if/shadow');
      return shadowPage(deps.store, deps.bundle(), period, page);
    },
  };
}
