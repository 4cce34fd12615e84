import { twinsOf } from '../../application/approvals/twins';
import { readApproval, voteOnApproval } from '../../application/approvals/vote';
import type { ApprovalState } from '../../domain/approval/approval';
import type { Ballot } from '../../domain/approval/ballot';
import { AppError } from '../../domain/errors';
import { BALLOT } from '../body-schemas';
import { bodyOf, type Route } from '../route';
import { PAGING, pageSize } from './reads';

export const approvalRoutes: Route[] = [
  {
    method: 'get',
    path: '/v1/approvals',
    tag: 'Approvals',
    summary: 'List approvals; pending ones first, by expiry',
    access: { kind: 'people' },
    query: {
      state: { enum: ['pending', 'approved', 'rejected', 'expired', 'cancelled', 'superseded'] },
      ...PAGING,
    },
    status: 200,
    answer: 'ApprovalPage',
    handle: async ({ deps, query }) =>
      deps.store.approvals({
        state: query['state'] as ApprovalState | undefined,
        cursor: query['cursor'],
        limit: pageSize(query['limit']),
      }),
  },
  {
    method: 'get',
    path: '/v1/approvals/{id}',
    tag: 'Approvals',
    summary: 'Read one approval with everything that its approvers are shown',
    access: { kind: 'people' },
    status: 200,
    answer: 'Approval',
    handle: async ({ deps, params }) => {
      const approval = await readApproval(deps, params['id'] ?? '');
      const request = await deps.store.request(approval.requestId);
      return { ...approval, twins: request ? await twinsOf(deps, request.value) : [] };
    },
  },
  {
    method: 'post',
    path: '/v1/approvals/{id}/votes',
    tag: 'Approvals',
    summary: 'Approve or reject, as a signed-in person',
    access: { kind: 'people' },
    body: BALLOT,
    status: 200,
    answer: 'Approval',
    handle: async (ctx) => {
      const { caller, deps, params } = ctx;
      if (caller.kind !== 'person')
        throw new AppError('insufficient_scope', 'Only a person votes.');
      return voteOnApproval(
        deps,
        caller.person,
        caller.traceId,
        params['id'] ?? '',
        bodyOf<Ballot>(ctx),
      );
    },
  },
];
