import {
  allEntries,
  proveConsistency,
  proveInclusion,
  verifyWholeLog,
} from '../../application/audit-log/read-log';
import { assertEveryAction } from '../../application/change/caller';
import {
  assertMayAskFor,
  reachableEntries,
  withoutNames,
} from '../../application/audit-log/reachable-entries';
import { ALREADY_SENT, type Access, type Route } from '../route';
import { pageSize } from './reads';

const AUDIT: Access = { kind: 'token', scopes: ['audit:read'] };
const WHOLE_NUMBER = { type: 'string', pattern: '^[0-9]{1,15}$' };

export const auditRoutes: Route[] = [
  {
    method: 'get',
    path: '/v1/audit/entries',
    tag: 'Audit',
    summary: 'Search the log',
    access: AUDIT,
    query: {
      requestId: { type: 'string', maxLength: 80 },
      type: { type: 'string', maxLength: 120 },
      actor: {
        type: 'string',
        maxLength: 200,
        description: 'Id of a token, e-mail of a person, or part of the service',
      },
      from: { ...WHOLE_NUMBER, description: 'First sequence (ascending) or last (descending)' },
      order: { enum: ['asc', 'desc'] },
      limit: {
        ...WHOLE_NUMBER,
        description: 'Items a page; default 50, at most 1000, and about 1 MB',
      },
    },
    status: 200,
    answer: 'EntryPage',
    handle: async ({ deps, query, caller }) => {
      await assertMayAskFor(deps.store, caller, query['requestId']);
      const limit = pageSize(query['limit'], 1000);
      const { items, nextFrom } = await deps.store.log.entries({
        requestId: query['requestId'],
        type: query['type'],
        actor: query['actor'],
        from: query['from'] === undefined ? undefined : Number(query['from']),
        order: query['order'] === 'desc' ? 'desc' : 'asc',
        limit,
      });
      return { items: await reachableEntries(deps.store, caller, items), nextFrom };
    },
  },
  {
    method: 'get',
    path: '/v1/audit/checkpoint',
    tag: 'Audit',
    summary: "The log's signed head (C2SP tlog-checkpoint)",
    access: AUDIT,
    status: 200,
    answer: 'Checkpoint',
    handle: ({ checkpoints }) => checkpoints.current(),
  },
  {
    method: 'get',
    path: '/v1/audit/entries/{seq}/proof',
    tag: 'Audit',
    summary: 'Inclusion proof of one entry (RFC 9162)',
    access: AUDIT,
    status: 200,
    answer: 'InclusionProof',
    handle: ({ deps, params }) => proveInclusion(deps.store.log, Number(params['seq'])),
  },
  {
    method: 'get',
    path: '/v1/audit/consistency',
    tag: 'Audit',
    summary: 'Proof that the log only grew between two sizes (RFC 9162)',
    access: AUDIT,
    query: { from: WHOLE_NUMBER, to: WHOLE_NUMBER },
    status: 200,
    answer: 'ConsistencyProof',
    handle: ({ deps, query }) =>
      proveConsistency(
        deps.store.log,
        Number(query['from'] ?? Number.NaN),
        Number(query['to'] ?? Number.NaN),
      ),
  },
  {
    method: 'get',
    path: '/v1/audit/verify',
    tag: 'Audit',
    summary: 'Recompute every hash of the log and compare its root',
    access: AUDIT,
    status: 200,
    answer: 'Verification',
    handle: async ({ deps, caller }) => withoutNames(caller, await verifyWholeLog(deps.store.log)),
  },
  {
    method: 'get',
    path: '/v1/audit/export',
    tag: 'Audit',
    summary: 'The whole log as NDJSON, to be verified without this service',
    entered: 'audit.export_asked',
    access: AUDIT,
    query: { from: WHOLE_NUMBER },
    status: 200,
    answer: 'Export',
    handle: async ({ deps, query, res, caller }) => {
      assertEveryAction(caller, 'export the log');
      res.type('application/x-ndjson');
      res.setHeader('Content-Disposition', 'attachment; filename="audit-log.ndjson"');
      for await (const entry of allEntries(deps.store.log, Number(query['from'] ?? 0))) {
        if (!res.write(`${JSON.stringify(entry)}\n`)) {
          await new Promise((resolve) => res.once('drain', resolve).once('close', resolve));
        }
        if (res.destroyed) break;
      }
      res.end();
      return ALREADY_SENT;
    },
  },
];
