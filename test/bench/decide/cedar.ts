import { verdictOf, type Check } from './checks';
import type { Engine } from './engine';

/** What is used of @cedar-policy/cedar-wasm: its fastest way, with the policies parsed once. */
interface CedarModule {
  preparsePolicySet(id: string, policies: { staticPolicies: Record<string, string> }): Parsed;
  statefulIsAuthorized(call: Call): Answer;
}
interface Parsed {
  type: 'success' | 'failure';
  errors?: unknown;
}
interface Entity {
  type: string;
  id: string;
}
interface Call {
  preparsedPolicySetId: string;
  principal: Entity;
  action: Entity;
  resource: Entity;
  context: Record<string, string | number>;
  entities: [];
}
type Answer =
  | {
      type: 'success';
      response: {
        decision: 'allow' | 'deny';
        diagnostics: { reason: string[]; errors: unknown[] };
      };
    }
  | { type: 'failure'; errors: unknown };

const PAYMENT = 'Action::"vendor_payment.create"';
const STOCK = 'Action::"inventory.adjust"';

/** Cedar knows allow and deny: the ids of the forbids that matched tell which kind of deny it is. */
const POLICIES: Record<string, string> = {
  known: `permit (principal, action in [${PAYMENT}, ${STOCK}], resource);`,
  'payment-above-10000': `forbid (principal, action == ${PAYMENT}, resource) when {
    ["USD", "EUR", "GBP"].contains(context.currency) && context.cents > 1000000 };`,
  'payment-currency-without-threshold': `forbid (principal, action == ${PAYMENT}, resource) when {
    !["USD", "EUR", "GBP"].contains(context.currency) };`,
  'vendor-payments-24h': `forbid (principal, action == ${PAYMENT}, resource) when {
    context.cents + context.usedCents > 2500000 };`,
  'vendor-inactive': `forbid (principal, action == ${PAYMENT}, resource) when {
    context.vendorStatus != "active" };`,
  'inventory-change-above-500': `forbid (principal, action == ${STOCK}, resource) when {
    context.quantity > 500 || context.quantity < -500 };`,
  // Cedar has no fractions among its numbers: confidence is counted in hundredths.
  'low-confidence': `forbid (principal, action in [${PAYMENT}, ${STOCK}], resource) when {
    context.confidence < 80 };`,
};

/** @param module the CommonJS build of the package */
export function cedar(module: unknown): Engine<Call, Answer> {
  const { preparsePolicySet, statefulIsAuthorized } = module as CedarModule;
  const parsed = preparsePolicySet('bench', { staticPolicies: POLICIES });
  if (parsed.type !== 'success') {
    throw new Error(`Cedar refuses the policies: ${JSON.stringify(parsed.errors)}`);
  }
  return {
    name: 'cedar-wasm',
    input: callOf,
    decide: statefulIsAuthorized,
    verdict(answer) {
      if (answer.type !== 'success' || answer.response.diagnostics.errors.length > 0) {
        throw new Error(`Cedar: ${JSON.stringify(answer)}`);
      }
      const { decision, diagnostics } = answer.response;
      if (decision === 'allow') return verdictOf([]);
      // Denied without a forbid: no permit knows the action.
      return verdictOf(diagnostics.reason.length > 0 ? diagnostics.reason : ['unknown-action']);
    },
  };
}

function callOf({ action, requestedBy, confidence, payment, quantity }: Check): Call {
  return {
    preparsedPolicySetId: 'bench',
    principal: { type: 'User', id: requestedBy },
    action: { type: 'Action', id: action },
    resource: { type: 'System', id: 'erp' },
    context: {
      confidence: Math.round(confidence * 100),
      ...(payment && {
        vendorId: payment.vendorId,
        vendorStatus: payment.vendorStatus,
        cents: payment.cents,
        currency: payment.currency,
        usedCents: payment.usedCents,
      }),
      ...(quantity === undefined ? {} : { quantity }),
    },
    entities: [],
  };
}
