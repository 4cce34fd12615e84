import type { Decision } from '../../domain/request/decision';
import { AppError } from '../../domain/errors';
import type { ExplainedRule } from '../../domain/decision/explain';
import { hypotheticalRequest, type Verdict } from '../../domain/decision/hypothetical';
import { dayExists } from '../../domain/moment';
import type { JsonObject, Subject, ValidationIssue } from '../../domain/request/request';
import { assertMayUse, type Caller } from '../change/caller';
import type { Deps } from '../change/deps';
import type { FactSource } from '../facts/look-up-facts';
import { livedBy, type Clock, type Store } from '../ports';
import { newSubject } from '../requests/propose';
import type { AskedPolicy } from './asked-policy';
import { factsFor } from './facts-for';
import { heldFor } from './held-for';
import type { Question } from './question';
import type { Outcome } from './replay-one';

export interface Simulation {
  policyVersion: string;
  effect: Outcome;
  /** Absent when the request is invalid. */
  decision?: Decision;
  /** What is wrong with the request (effect invalid). */
  errors: ValidationIssue[];
  /** Every rule, limit and check of the action, matched or not. */
  rules: ExplainedRule[];
  /** Arguments in their one form, as the decision saw them. */
  arguments: JsonObject;
  /** Where each record came from. */
  facts: Record<string, 'given' | 'looked_up'>;
}

/** Where a what-if reads what it was not given. */
export interface WhatIfSources {
  store: Pick<Store, 'limitUsed' | 'limitHolders' | 'person' | 'people'>;
  clock: Clock;
  facts: FactSource;
  settings: Pick<Deps['settings'], 'timeZone'>;
}

/** Stands for the token where a person asks. */
const NO_TOKEN = 'tok_hypothetical';

/**
 * What a policy would say to a request. Nothing is stored, reserved or recorded.
 * @param asked whose rules are asked; records are looked up through the active connectors
 * @throws AppError `invalid_parameter`, `facts_unavailable`, `action_not_permitted`
 */
export async function simulate(
  deps: WhatIfSources,
  caller: Caller,
  question: Question,
  asked: AskedPolicy,
): Promise<Simulation> {
  assertMayUse(caller, question.action);
  const now = momentOf(question.at, deps.clock.now());
  const request = hypotheticalRequest(
    {
      action: question.action,
      arguments: question.arguments,
      subject: await subjectFor(deps, caller, question),
      source: question.source ?? 'tool',
      confidence: question.confidence ?? 1,
      context: question.context ?? {},
    },
    now,
  );
  const { version } = asked;
  const checked = await asked.check(request, now);
  if (checked.verdict) return answer(version, checked.verdict, question.arguments);
  const { action, referenced, shares } = checked;
  const values = checked.request.arguments ?? {};
  const { records, origins } = await factsFor(
    deps,
    { action, values, referenced },
    question.facts ?? {},
    caller.traceId,
    now,
  );
  const held = await heldFor(
    deps.store,
    shares,
    question.used ?? {},
    request.id,
    question.at === undefined ? livedBy(deps.clock) : now,
  );
  const { timeZone } = deps.settings;
  const verdict = await asked.judge({ request, records, held, now, timeZone });
  return answer(version, verdict, values, origins);
}

function answer(
  policyVersion: string,
  verdict: Verdict,
  values: JsonObject,
  facts: Simulation['facts'] = {},
): Simulation {
  if (!verdict.valid) {
    const { errors } = verdict;
    return { policyVersion, effect: 'invalid', errors, rules: [], arguments: values, facts };
  }
  const { decision, explanation } = verdict;
  return {
    policyVersion,
    effect: decision.effect,
    decision,
    errors: [],
    rules: explanation?.rules ?? [],
    arguments: values,
    facts,
  };
}

async function subjectFor(
  deps: WhatIfSources,
  caller: Caller,
  question: Question,
): Promise<Subject> {
  const { requestedBy, roles } = question;
  if (roles === undefined && caller.kind === 'token') return newSubject(deps, caller, requestedBy);
  const [tokenId, tokenOwner] =
    caller.kind === 'token' ? [caller.token.id, caller.token.owner] : [NO_TOKEN, null];
  return { tokenId, tokenOwner, requestedBy, verified: roles !== undefined, roles: roles ?? [] };
}

/** @throws AppError `invalid_parameter` */
function momentOf(text: string | undefined, now: Date): Date {
  if (text === undefined) return now;
  const moment = new Date(text);
  if (/^\d{4}-\d\d-\d\dT/.test(text) && dayExists(text) && !isNaN(Number(moment))) return moment;
  throw new AppError(
    'invalid_parameter',
    `"${text.slice(0, 40)}" is no moment. Write one such as 2026-11-18T10:00:00Z.`,
  );
}
