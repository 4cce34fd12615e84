import type {
  Comparison,
  Formula,
  PlainDecision,
  PlainPolicy,
  PlainRequest,
  PlainTerms,
} from './plain';

const RANK = ['allow', 'require_approval', 'recommend', 'block'] as const;
type Effect = (typeof RANK)[number];

interface Objection {
  id: string;
  effect: Effect;
  onTrial: boolean;
  terms?: PlainTerms;
}

/** The oracle: what must come out, in plain words of TypeScript. */
export function judge(policy: PlainPolicy, request: PlainRequest): PlainDecision {
  const objections: Objection[] = [];
  const object = (id: string, effect: Effect, onTrial = false, terms?: PlainTerms): void => {
    objections.push({ id, effect, onTrial, terms });
  };

  if (policy.stage === 'off') object('stage-off', 'block');
  if (policy.stage === 'recommend') object('stage-recommend', 'recommend');
  if (policy.stage === 'approve') object('stage-approve', 'require_approval');
  const { requesterRoles } = policy;
  if (requesterRoles && !requesterRoles.some((role) => request.roles.includes(role))) {
    object('requester-roles', 'block');
  }
  if (request.vendorStatus === undefined) object('fact-missing', 'block');
  if (request.invoiceRef !== undefined && request.invoiceStatus === undefined) {
    object('fact-missing', 'block');
  }
  for (const rule of policy.rules) {
    if (lacksSomething(rule.when, request)) object(rule.id, 'block', rule.onTrial);
    else if (holds(rule.when, request)) object(rule.id, rule.effect, rule.onTrial, rule.terms);
  }
  for (const tiers of policy.tiers) {
    const steps = tiers.currencies[request.currency];
    if (!steps) object(tiers.id, 'require_approval', tiers.onTrial, tiers.otherwise);
    else {
      const step = steps.filter(({ upTo }) => request.cents <= upTo)[0];
      if (step && step.terms !== 'none') {
        object(tiers.id, 'require_approval', tiers.onTrial, step.terms);
      }
    }
  }
  for (const limit of policy.limits) {
    const untold = limit.when !== undefined && lacksSomething(limit.when, request);
    if (limit.when && !untold && !holds(limit.when, request)) continue;
    const unknown = untold || (limit.byMemo && request.memo === undefined);
    const share = limit.kind === 'sum' ? request.cents : 1;
    const max = limit.kind === 'duplicates' ? 1 : limit.max;
    if (unknown) {
      const effect = limit.kind === 'duplicates' ? limit.effect : 'block';
      object(limit.id, effect, limit.onTrial, limit.terms);
    } else if (request.used + share > max) {
      object(limit.id, limit.effect, limit.onTrial, limit.terms);
    }
  }
  return summary(objections, policy.defaults);
}

function summary(objections: Objection[], defaults: PlainTerms): PlainDecision {
  const real = objections.filter(({ onTrial }) => !onTrial);
  const rank = Math.max(0, ...real.map(({ effect }) => RANK.indexOf(effect)));
  const effect = RANK[rank] as Effect;
  const told = real.filter((one) => effect === 'allow' || one.effect !== 'allow');
  const asking = real.filter((one) => one.effect === 'require_approval');
  return {
    effect,
    reasons: real.length === 0 ? ['no-rule-matched'] : told.map(({ id }) => id),
    shadow: objections
      .filter(({ onTrial }) => onTrial)
      .map((one) => ({
        id: one.id,
        effect: one.effect,
        ...(RANK.indexOf(one.effect) > rank ? { flips: one.effect } : {}),
      })),
    ...(effect === 'require_approval'
      ? { obligations: strictest(asking.map(({ terms }) => terms ?? defaults)) }
      : {}),
  };
}

function strictest(all: PlainTerms[]): PlainTerms {
  const stages: { role: string; count: number }[] = [];
  for (const wanted of all.flatMap((terms) => terms.stages)) {
    const known = stages.find(({ role }) => role === wanted.role);
    if (!known) stages.push({ ...wanted });
    else if (known.count < wanted.count) known.count = wanted.count;
  }
  const names = all.flatMap(({ evidence }) => evidence);
  return {
    stages,
    seconds: all.map(({ seconds }) => seconds).sort((a, b) => a - b)[0] ?? 0,
    comment: all.filter(({ comment }) => comment).length > 0,
    evidence: names.filter((name, index) => names.indexOf(name) === index).sort(),
  };
}

/** Whether the formula names something without has() that the request does not have. */
function lacksSomething(formula: Formula, request: PlainRequest): boolean {
  switch (formula.kind) {
    case 'all':
    case 'any':
      return formula.of.some((part) => lacksSomething(part, request));
    case 'not':
      return lacksSomething(formula.of, request);
    case 'note is':
      return request.note === undefined;
    case 'count':
      return request.count === undefined;
    case 'status':
      return request.vendorStatus === undefined;
    case 'invoice':
      // has(facts.invoice) is true, and the status that is then asked for is not there.
      return request.invoiceRef !== undefined && request.invoiceStatus === undefined;
    default:
      return false;
  }
}

function holds(formula: Formula, request: PlainRequest): boolean {
  switch (formula.kind) {
    case 'all':
      return formula.of.every((part) => holds(part, request));
    case 'any':
      return formula.of.some((part) => holds(part, request));
    case 'not':
      return !holds(formula.of, request);
    case 'amount':
      return compare(request.cents, formula.is, formula.cents);
    case 'count':
      return compare((request.count ?? 0) * formula.times, formula.is, formula.than);
    case 'confidence':
      return compare(request.confidence, formula.is, formula.than);
    case 'currency':
      return formula.oneOf.includes(request.currency);
    case 'status':
      return request.vendorStatus === formula.is;
    case 'invoice':
      return request.invoiceRef !== undefined && request.invoiceStatus === formula.is;
    case 'memo holds':
      return request.memo !== undefined && request.memo.includes(formula.text);
    case 'note is':
      return request.note === formula.text;
    case 'channel':
      return request.channel === undefined ? formula.otherwise : request.channel === formula.is;
    case 'hours':
      return request.hour >= formula.from && request.hour < formula.to;
    case 'weekdays':
      return formula.oneOf.includes(request.weekday);
    case 'role':
      return request.roles.includes(formula.is);
    case 'verified':
      return request.verified;
  }
}

function compare(a: number, is: Comparison, b: number): boolean {
  if (is === '<') return a < b;
  if (is === '<=') return a <= b;
  if (is === '>') return a > b;
  if (is === '>=') return a >= b;
  return (a === b) === (is === '==');
}
