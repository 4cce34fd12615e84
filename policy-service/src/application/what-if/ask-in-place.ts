import type { Bundle } from '../../domain/decision/bundle';
import { checkAgainst, judge } from '../../domain/decision/hypothetical';
import { NOTHING_HELD } from '../../domain/decision/limit-held';
import type { AskedPolicy, PolicyOutline, ReplayStep } from './asked-policy';
import { moneyOf } from './money-involved';
import { RecountedLimits } from './recounted-limits';
import { replayOne } from './replay-one';

/** Asks a bundle whose cost nobody needs to fear: the active one, or in a process of its own. */
export function askInPlace(bundle: Bundle): AskedPolicy {
  return {
    version: bundle.version,
    outline: () => Promise.resolve(outlineOf(bundle)),
    async check(request, now) {
      const checked = checkAgainst(bundle, request, now);
      if (checked.verdict) return { verdict: checked.verdict };
      const { policy, referenced, shares } = checked;
      return { action: policy.action, request: checked.request, referenced, shares };
    },
    async judge({ request, records, held, now, timeZone }) {
      const checked = checkAgainst(bundle, request, now);
      if (checked.verdict) return checked.verdict;
      return judge(checked, records, ({ id }) => held.get(id) ?? NOTHING_HELD, now, timeZone);
    },
    replay: (work) => work(replaySteps(bundle)),
  };
}

export function outlineOf({ version, actions, policy }: Bundle): PolicyOutline {
  const limits = actions.map(({ id }) => [id, policy(id)?.limits.map(({ rule }) => rule)] as const);
  return {
    version,
    actions,
    limits: new Map(limits.flatMap(([id, own]) => (own ? [[id, own]] : []))),
  };
}

/** The steps of one replay. */
export function replaySteps(bundle: Bundle): ReplayStep {
  const recounted = new RecountedLimits();
  return async (requests, timeZone) => {
    const decisions = requests.map((request) => {
      const outcome = replayOne(bundle, request, recounted, timeZone);
      const money = moneyOf(bundle, request);
      return { outcome, ...(money ? { money } : {}) };
    });
    return { decisions, recountedLimits: [...recounted.ids].sort() };
  };
}
