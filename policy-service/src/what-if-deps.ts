import { randomBytes } from 'node:crypto';
import type { Caller } from './application/caller';
import type { Deps } from './application/deps';
import { listPolicies } from './application/policies/list-policies';
import { chooseBundle } from './application/what-if/choose-bundle';
import { replayPage } from './application/what-if/replay-page';
import { shadowPage } from './application/what-if/shadow-page';
import { simulate } from './application/what-if/simulate';
import type { WhatIfDeps } from './web/what-if-deps';

/** The use cases behind the pages under /policies/what-if. */
export function whatIfDeps(deps: Deps): WhatIfDeps {
  return {
    async policies() {
      const { bundles } = await listPolicies(deps.store, { limit: 1 });
      return bundles.sort((a, b) => Number(b.active) - Number(a.active));
    },
    bundle: (version) => chooseBundle(deps, version === undefined ? {} : { version }),
    simulate: (person, question, bundle) => {
      const caller: Caller = { kind: 'person', person, traceId: randomBytes(16).toString('hex') };
      return simulate(deps, caller, question, bundle);
    },
    replay: (bundle, period, page) => {
      const { timeZone } = deps.settings;
      return replayPage(deps.store, { ...period, bundle, timeZone }, page);
    },
    shadow: (period, page) => shadowPage(deps.store, deps.bundle(), period, page),
  };
}
