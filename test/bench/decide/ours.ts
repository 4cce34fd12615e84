import { join } from 'node:path';
import { loadBundle } from '../../../policy-service/src/bundle/load-bundle';
import { readBundleFolder } from '../../../policy-service/src/bundle/read-folder';
import { decide } from '../../../policy-service/src/domain/decision/decide';
import type { Decision } from '../../../policy-service/src/domain/request/decision';
import type { FactRecord } from '../../../policy-service/src/domain/request/facts';
import { limitShare } from '../../../policy-service/src/domain/decision/limit';
import type {
  GovernedRequest,
  JsonObject,
} from '../../../policy-service/src/domain/request/request';
import { unknownActionDecision } from '../../../policy-service/src/domain/catalogue/unknown-action';
import { REPO_ROOT } from '../../../scripts/stack/paths';
import type { Check } from './checks';
import type { Engine } from './engine';

const NOW = new Date('2026-01-05T12:00:00.000Z');

interface Input {
  request: GovernedRequest;
  facts: Record<string, FactRecord>;
  used: bigint;
}

/**
 * This project's decision core with the shipped bundle. Its answer is the whole decision that the
 * log records: reasons, digest of the request, facts, limits and obligations.
 */
export function ours(): Engine<Input, Decision> {
  const folder = join(REPO_ROOT, 'policy-service');
  const { bundle } = loadBundle(readBundleFolder(folder), folder);
  return {
    name: 'execution-layer',
    input: (check) => ({
      request: requestOf(check),
      facts: factsOf(check),
      // Ten-thousandths of the currency's unit.
      used: BigInt(check.payment?.usedCents ?? 0) * 100n,
    }),
    decide({ request, facts, used }) {
      const policy = bundle.policy(request.intent?.action ?? '');
      if (!policy) return unknownActionDecision(request, bundle.version, NOW);
      const limits = policy.limits.map(({ rule: limit }) => ({
        limitId: limit.id,
        share: limitShare(limit, request.arguments ?? {}, request.subject, policy.action.id),
        // The checks are of different payments.
        used: limit.kind === 'duplicates' ? 0n : used,
      }));
      const policyVersion = bundle.version;
      return decide({ request, policy, policyVersion, facts, limits, now: NOW, timeZone: 'UTC' });
    },
    verdict: ({ effect, reasons }) => ({
      effect,
      rules: reasons
        .map(({ ruleId }) => ruleId)
        .filter((id) => id !== 'no-rule-matched')
        .sort(),
    }),
  };
}

function requestOf(check: Check): GovernedRequest {
  const values = argumentsOf(check);
  return {
    id: 'req_01K0000000000000000000BENCH',
    kind: 'action',
    state: 'validated',
    traceId: '0'.repeat(32),
    subject: {
      tokenId: 'tok_1',
      tokenOwner: 'owner@example.com',
      requestedBy: check.requestedBy,
      verified: false,
      roles: [],
    },
    source: 'bench',
    context: {},
    intent: {
      action: check.action,
      arguments: values,
      confidence: check.confidence,
      reasons: [],
      extractor: 'submitted',
    },
    actionVersion: 1,
    connectorId: 'mock-erp',
    arguments: values,
    needsPerson: false,
    statusToken: 'x',
    statusExpiresAt: NOW.toISOString(),
    createdAt: NOW.toISOString(),
    updatedAt: NOW.toISOString(),
  };
}

/** The arguments as the API takes them. */
export function argumentsOf({ payment, quantity }: Check): JsonObject {
  if (payment) {
    const { vendorId, cents, currency } = payment;
    return { vendor_id: vendorId, amount: (cents / 100).toFixed(2), currency };
  }
  return quantity === undefined ? {} : { sku: 'SKU-1001', quantity, warehouse_id: 'WH-01' };
}

function factsOf({ action, payment }: Check): Record<string, FactRecord> {
  const fact = (value: JsonObject): FactRecord => ({
    value,
    fetchedAt: NOW.toISOString(),
    connectorId: 'mock-erp',
  });
  if (payment) {
    const { vendorId, vendorStatus } = payment;
    return { vendor: fact({ vendor_id: vendorId, name: 'Acme', status: vendorStatus }) };
  }
  if (action !== 'inventory.adjust') return {};
  return {
    item: fact({ sku: 'SKU-1001', name: 'Steel bolt', active: true }),
    warehouse: fact({ warehouse_id: 'WH-01', name: 'Main warehouse' }),
    stock: fact({ on_hand: 100 }),
  };
}
