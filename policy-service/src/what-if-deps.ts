import { randomBytes } from 'node:crypto';
import type { Caller } from './application/change/caller';
import type { Deps } from './application/change/deps';
import { listPolicies } from './application/policies/list-policies';
import { turnOf } from './application/policies/sent-bundles';
import { ask } from './application/what-if/ask';
import { chooseBundle, chooseForReplay } from './application/what-if/choose-bundle';
import { replayPage } from './application/what-if/replay-page';
import { shadowPage } from './application/what-if/shadow-page';
import type { Person } from './domain/identity/identity';
import type { WhatIfDeps } from './web/what-if-deps';

/** The use cases behind the pages under /policies/what-if. */
export function whatIfDeps(deps: Deps): WhatIfDeps {
  const callerOf = (person: Person): Caller => ({
    kind: 'person',
    person,
    traceId: randomBytes(16).toString('hex'),
  });
  const asked = async (person: Person, route: string): Promise<Caller> => {
    const caller = callerOf(person);
    const { traceId } = caller;
    await deps.calls.asked('policy.what_if_asked', { caller, traceId, route });
    return caller;
  };
  return {
    async policies() {
      const { bundles } = await listPolicies(deps.store, { limit: 1 });
      return bundles.sort((a, b) => Number(b.active) - Number(a.active));
    },
    async outline(person, version) {
      const choice = version === undefined ? {} : { version };
      return (await chooseBundle(deps, turnOf(callerOf(person)), choice)).outline();
    },
    async simulate(person, question, version) {
      const caller = await asked(person, 'GET /policies/what-if');
      return ask(deps, caller, question, { version });
    },
    async replay(person, version, period, page) {
      const by = turnOf(await asked(person, 'GET /policies/what-if/replay'));
      const policy = await chooseForReplay(deps, by, { version });
      const { timeZone } = deps.settings;
      return replayPage(deps.store, by, { ...period, policy, timeZone }, page);
    },
    async shadow(person, period, page) {
      await asked(person, 'GET /policies/what-if/shadow');
      return shadowPage(deps.store, deps.bundle(), period, page);
    },
  };
}
