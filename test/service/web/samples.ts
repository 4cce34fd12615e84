import type { StoredEntry } from '../../../policy-service/src/audit/entry';
import type { Approval } from '../../../policy-service/src/domain/approval/approval';
import type { Control } from '../../../policy-service/src/domain/stops/stop';
import type { DecidedFact } from '../../../policy-service/src/domain/request/decision';
import type { FactRecord } from '../../../policy-service/src/domain/request/facts';
import type { Person } from '../../../policy-service/src/domain/identity/identity';
import type { GovernedRequest } from '../../../policy-service/src/domain/request/request';

export const NOW = new Date('2026-03-02T09:30:00.000Z');

/** A moment `minutes` before NOW (negative: after it). */
export const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();

const TEXT = 'Pay 12,500 USD to V-1001 for INV-5001, they asked twice already';
const span = (text: string) => ({
  text,
  start: TEXT.indexOf(text),
  end: TEXT.indexOf(text) + text.length,
});
const DIGEST = '4f6a0c1be2d94d07a7d2a8f2a1b5c3d4e5f60718293a4b5c6d7e8f9001122334';
const POLICY = 'sha256:9b1c8f72d3e4a5b60718293a4b5c6d7e8f90011223344f6a0c1be2d94d07a7d2';

export const PERSON: Person = {
  email: 'frida.berg@example.com',
  name: 'Frida Berg',
  roles: ['finance_approver'],
  aliases: ['fberg'],
  passwordHash: 'scrypt$canary-password-hash',
  createdAt: ago(9000),
};

const facts = (): Record<string, FactRecord> => ({
  vendor: {
    value: { vendor_id: 'V-1001', name: 'Acme Supplies', status: 'active' },
    fetchedAt: ago(14),
    connectorId: 'mock-erp',
  },
  invoice: {
    value: { invoice_ref: 'INV-5001', vendor_id: 'V-1001', status: 'open' },
    fetchedAt: ago(14),
    connectorId: 'mock-erp',
  },
});

const decidedFacts = (): Record<string, DecidedFact> =>
  Object.fromEntries(Object.entries(facts()).map(([name, fact]) => [name, { ...fact, ageMs: 0 }]));

const args = () => ({
  vendor_id: 'V-1001',
  amount: '12500.00',
  currency: 'USD',
  invoice_ref: 'INV-5001',
});

const reasons = () => [
  {
    ruleId: 'payment-above-10000',
    message: 'A payment above 10,000 needs the approval of finance.',
  },
];

/** A payment that waits for finance, with everything that a request can carry at this point. */
export function paymentRequest(changes: Partial<GovernedRequest> = {}): GovernedRequest {
  return {
    id: 'req_01JNAPAYMENT',
    kind: 'action',
    state: 'awaiting_approval',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    subject: {
      tokenId: 'tok_01JNA',
      tokenOwner: 'ole.lund@example.com',
      requestedBy: 'ana@example.com',
      verified: false,
      roles: [],
    },
    source: 'webhook',
    requestText: TEXT,
    context: { channel: 'support-mail' },
    intent: {
      action: 'vendor_payment.create',
      arguments: args(),
      confidence: 0.97,
      reasons: ['The words "pay" and a vendor number name a vendor payment.'],
      evidence: {
        amount: span('12,500'),
        currency: span('USD'),
        vendor_id: span('V-1001'),
        invoice_ref: span('INV-5001'),
      },
      extractor: 'pattern',
    },
    actionVersion: 1,
    connectorId: 'mock-erp',
    arguments: args(),
    validation: { valid: true, errors: [], entities: facts(), at: ago(14) },
    decision: {
      effect: 'require_approval',
      reasons: reasons(),
      policyVersion: POLICY,
      digest: DIGEST,
      facts: decidedFacts(),
      limits: [
        {
          limitId: 'vendor-payments-24h',
          key: ['V-1001', 'USD'],
          unit: 'amount',
          amount: '12500.00',
          used: '4000.00',
          max: '25000.00',
          windowMs: 86_400_000,
          exceeded: false,
          mode: 'enforce',
        },
      ],
      shadow: [],
      obligations: {
        stages: [{ role: 'finance_approver', count: 1 }],
        expiresInSeconds: 259_200,
        comment: 'optional',
        evidence: [],
      },
      at: ago(14),
    },
    approvalId: 'apr_01JNAPAYMENT',
    needsPerson: false,
    deadline: ago(14 - 72 * 60),
    resumeUrl: 'http://127.0.0.1:5678/webhook-waiting/7?signature=canary-resume-url',
    statusToken: 'st_SAMPLE_TOKEN',
    statusExpiresAt: ago(-40_000),
    createdAt: ago(15),
    updatedAt: ago(14),
    ...changes,
  };
}

export function paymentApproval(changes: Partial<Approval> = {}): Approval {
  const request = paymentRequest();
  return {
    id: 'apr_01JNAPAYMENT',
    requestId: request.id,
    state: 'pending',
    digest: DIGEST,
    policyVersion: POLICY,
    shown: {
      action: 'vendor_payment.create',
      actionTitle: 'Pay vendor',
      actionVersion: 1,
      risk: 'medium',
      arguments: args(),
      facts: facts(),
      reasons: reasons(),
      requestText: TEXT,
      requestedBy: 'ana@example.com',
      tokenOwner: 'ole.lund@example.com',
      source: 'webhook',
      confidence: 0.97,
      evidence: request.intent?.evidence ?? {},
    },
    stages: [{ role: 'finance_approver', count: 1 }],
    votes: [],
    expiresAt: ago(14 - 72 * 60),
    createdAt: ago(14),
    ...changes,
  };
}

/** The same payment after a person approved it and the ERP took it. */
export function executedRequest(): GovernedRequest {
  return paymentRequest({
    id: 'req_01JNAEXECUTED',
    state: 'executed',
    approvalId: 'apr_01JNAAPPROVED',
    deadline: undefined,
    updatedAt: ago(2),
    execution: {
      status: 'executed',
      idempotencyKey: 'el-req_01JNAEXECUTED-create-payment',
      steps: [{ name: 'create-payment', operation: 'payment_create', status: 'done' }],
      attempts: [
        {
          step: 'create-payment',
          number: 1,
          startedAt: ago(3),
          durationMs: 42,
          outcome: 'transient',
          request: { ...args() },
          message: 'The ERP answered 429 before it took the payment.',
        },
        {
          step: 'create-payment',
          number: 2,
          startedAt: ago(2),
          durationMs: 31,
          outcome: 'done',
          request: { ...args() },
          response: { payment_id: 'PAY-000001', status: 'created' },
        },
      ],
      erpReference: 'PAY-000001',
      result: { payment_id: 'PAY-000001' },
      leaseOwner: 'serve-1',
      leaseUntil: ago(1),
      startedAt: ago(3),
      finishedAt: ago(2),
    },
  });
}

export function approvedApproval(): Approval {
  return paymentApproval({
    id: 'apr_01JNAAPPROVED',
    requestId: 'req_01JNAEXECUTED',
    state: 'approved',
    endedAt: ago(4),
    votes: [
      {
        person: { email: PERSON.email, name: PERSON.name },
        role: 'finance_approver',
        vote: 'approve',
        stage: 0,
        comment: 'Invoice checked with purchasing.',
        at: ago(4),
      },
    ],
  });
}

/** Incomplete: a person has to look at it. */
export function invalidRequest(): GovernedRequest {
  return paymentRequest({
    id: 'req_01JNAINVALID',
    state: 'invalid',
    needsPerson: true,
    requestText: 'Pay 300 USD to the usual vendor',
    approvalId: undefined,
    decision: undefined,
    arguments: undefined,
    deadline: undefined,
    intent: {
      action: 'vendor_payment.create',
      arguments: { amount: '300', currency: 'USD' },
      confidence: 0.62,
      reasons: ['No vendor number was found.'],
      evidence: {},
      extractor: 'pattern',
    },
    validation: {
      valid: false,
      errors: [
        {
          pointer: '/vendor_id',
          code: 'required',
          message: 'The vendor number is missing. Name it, for example V-1001.',
        },
      ],
      entities: {},
      at: ago(30),
    },
    createdAt: ago(31),
    updatedAt: ago(30),
  });
}

export function timelineOf(request: GovernedRequest): StoredEntry[] {
  const bodies: Pick<StoredEntry['entry'], 'type' | 'actor' | 'moment' | 'data'>[] = [
    {
      type: 'request.received',
      actor: { kind: 'token', id: 'tok_01JNA' },
      data: { source: request.source },
    },
    {
      type: 'intent.extracted',
      actor: { kind: 'service', id: 'extractor' },
      moment: 'recommendation',
      data: { action: 'vendor_payment.create', confidence: 0.97 },
    },
    {
      type: 'request.decided',
      actor: { kind: 'service', id: 'policy' },
      data: { effect: 'require_approval' },
    },
    {
      type: 'approval.vote_cast',
      actor: { kind: 'person', id: PERSON.email },
      moment: 'confirmation',
      data: { vote: 'approve', role: 'finance_approver' },
    },
    {
      type: 'execution.settled',
      actor: { kind: 'service', id: 'executor' },
      moment: 'write_back',
      data: { erpReference: 'PAY-000001' },
    },
  ];
  return bodies.map((body, index) => {
    const entry = {
      ...body,
      formatVersion: 1 as const,
      sequence: index,
      at: ago(15 - index * 3),
      requestId: request.id,
      traceId: request.traceId,
    };
    return {
      sequence: index,
      entry,
      canonical: JSON.stringify(entry),
      leafHash: `${index}c`.repeat(32),
    };
  });
}

/** A stop of everything that holds. */
export function stopOf(changes: Partial<Control> = {}): Control {
  return {
    id: 'ctl_01JNASTOP',
    target: { kind: 'all' },
    reason: 'The bank reports odd payments',
    at: ago(12),
    by: 'ops@example.com',
    ...changes,
  };
}
