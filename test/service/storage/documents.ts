import type {
  IdempotencyRecord,
  OutboxMessage,
  Reservation,
} from '../../../policy-service/src/application/ports';
import type { EntryBody } from '../../../policy-service/src/audit/entry';
import type { Approval } from '../../../policy-service/src/domain/approval/approval';
import type { Execution } from '../../../policy-service/src/domain/request/execution';
import type {
  Person,
  Session,
  TokenRecord,
} from '../../../policy-service/src/domain/identity/identity';
import type { GovernedRequest } from '../../../policy-service/src/domain/request/request';

/** Small complete documents; a test names only what it is about. */

export const START = Date.parse('2026-03-01T12:00:00.000Z');

/** ISO time `seconds` after the start of all tests. */
export const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

export function aRequest(id: string, members: Partial<GovernedRequest> = {}): GovernedRequest {
  return {
    id,
    kind: 'action',
    state: 'received',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    subject: {
      tokenId: 'tok_1',
      tokenOwner: null,
      requestedBy: 'ana@example.com',
      verified: false,
      roles: [],
    },
    source: 'webhook',
    requestText: 'Pay Acme \u{1f642} 2,500.00',
    context: {},
    needsPerson: false,
    statusToken: `status-${id}`,
    statusExpiresAt: at(86_400),
    createdAt: at(0),
    updatedAt: at(0),
    ...members,
  };
}

export function anExecution(leaseUntil: string): Execution {
  return {
    status: 'executing',
    idempotencyKey: 'key',
    steps: [],
    attempts: [],
    leaseOwner: 'process-1',
    leaseUntil,
    startedAt: at(0),
  };
}

export function anApproval(id: string, members: Partial<Approval> = {}): Approval {
  return {
    id,
    requestId: 'req_1',
    state: 'pending',
    digest: 'd'.repeat(64),
    policyVersion: 'sha256:1',
    shown: {
      action: 'vendor_payment.create',
      actionTitle: 'Pay a vendor',
      actionVersion: 1,
      risk: 'medium',
      arguments: { amount: '2500.00' },
      facts: {},
      reasons: [],
      requestedBy: 'ana@example.com',
      tokenOwner: null,
      source: 'webhook',
      confidence: 0.9,
      evidence: {},
    },
    stages: [{ role: 'finance_approver', count: 1 }],
    votes: [],
    expiresAt: at(3600),
    createdAt: at(0),
    ...members,
  };
}

export function anEvent(n: number, members: Partial<EntryBody> = {}): EntryBody {
  return {
    type: 'request.event',
    at: at(0),
    requestId: 'req_1',
    actor: { kind: 'service', id: 'test' },
    data: { n },
    ...members,
  };
}

export function aReservation(members: Partial<Reservation> = {}): Reservation {
  return {
    requestId: 'req_1',
    limitId: 'payments-per-vendor',
    key: 'V-1001|USD',
    amount: '999900',
    at: at(0),
    windowMs: 86_400_000,
    max: '2500000',
    ...members,
  };
}

export function aMessage(id: string, members: Partial<OutboxMessage> = {}): OutboxMessage {
  return {
    id,
    requestId: 'req_1',
    url: 'http://127.0.0.1:5678/webhook-waiting/1',
    body: { requestId: 'req_1', state: 'approved' },
    attempts: 0,
    nextAttemptAt: at(0),
    expiresAt: at(3600),
    ...members,
  };
}

export function anAnswer(members: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  return {
    scope: 'tok_1 POST /v1/requests',
    key: 'key-1',
    fingerprint: 'f'.repeat(64),
    status: 201,
    body: '{"id":"req_1"}',
    expiresAt: at(60),
    ...members,
  };
}

export function aToken(id: string, members: Partial<TokenRecord> = {}): TokenRecord {
  return {
    id,
    name: id,
    prefix: 'el_abcd',
    hash: 'a'.repeat(64),
    scopes: ['requests:propose'],
    owner: null,
    actions: null,
    actsFor: 'claims',
    createdAt: at(0),
    ...members,
  };
}

export function aPerson(email: string, members: Partial<Person> = {}): Person {
  return {
    email,
    name: email,
    roles: ['reviewer'],
    aliases: [],
    passwordHash: 'scrypt$1',
    createdAt: at(0),
    ...members,
  };
}

export function aSession(idHash: string, members: Partial<Session> = {}): Session {
  return {
    idHash,
    email: 'ana@example.com',
    createdAt: at(0),
    expiresAt: at(60),
    ...members,
  };
}
