import fc from 'fast-check';
import type { Page, RequestFilter } from '../../../../policy-service/src/application/ports';
import type { Approval } from '../../../../policy-service/src/domain/approval/approval';
import { AppError } from '../../../../policy-service/src/domain/errors';
import type { GovernedRequest } from '../../../../policy-service/src/domain/request/request';
import { anApproval, anExecution, aRequest, at } from '../documents';
import type { ContractContext } from '../store-contract';

/** Ids of all pages, and after each page whatever `between` does. */
async function turnPages<T extends { id: string }>(
  page: (cursor: string | undefined) => Promise<Page<T>>,
  between: () => Promise<unknown> = async () => undefined,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await page(cursor);
    ids.push(...items.map(({ id }) => id));
    cursor = nextCursor;
    await between();
  } while (cursor !== undefined);
  return ids;
}

export function listContract(context: ContractContext): void {
  const addRequests = (...requests: GovernedRequest[]) =>
    context.store.commit({ requests: requests.map((next) => ({ expectedVersion: 0, next })) });
  const addApprovals = (...approvals: Approval[]) =>
    context.store.commit({ approvals: approvals.map((next) => ({ expectedVersion: 0, next })) });
  const requestIds = async (filter: Partial<RequestFilter>): Promise<string[]> =>
    (await context.store.requests({ limit: 200, ...filter })).items.map(({ id }) => id);

  it('pages requests newest first, each exactly once, while new ones arrive', async () => {
    await addRequests(
      ...Array.from({ length: 11 }, (_, n) =>
        // Several share a moment: the id decides.
        aRequest(`req_${String(n).padStart(2, '0')}`, { createdAt: at(Math.floor(n / 4)) }),
      ),
    );
    const before = await requestIds({});
    expect(before).toEqual([...before].sort().reverse());
    let added = 0;
    const seen = await turnPages(
      (cursor) => context.store.requests({ cursor, limit: 3 }),
      () => addRequests(aRequest(`req_new_${(added += 1)}`, { createdAt: at(100 + added) })),
    );
    expect(seen).toEqual(before);
  });

  it('has no cursor on the last page, also when it is full', async () => {
    await addRequests(aRequest('req_1'), aRequest('req_2'));
    expect(await context.store.requests({ limit: 2 })).not.toHaveProperty('nextCursor');
    expect(await context.store.requests({ limit: 1 })).toHaveProperty('nextCursor');
  });

  it('filters as a plain filter over everything would', async () => {
    const actions = ['inventory.read', 'ticket.route'];
    const states = ['received', 'validated', 'blocked'] as const;
    const names = ['ana@example.com', 'bo@example.com'];
    const all = Array.from({ length: 24 }, (_, n) => {
      const base = aRequest(`req_${String(n).padStart(2, '0')}`, { createdAt: at(n) });
      const action = actions[n % 3];
      return {
        ...base,
        state: states[n % 3] ?? 'received',
        needsPerson: n % 4 === 0,
        subject: { ...base.subject, requestedBy: names[n % 2] as string },
        ...(action === undefined
          ? {}
          : {
              intent: {
                action,
                arguments: {},
                confidence: 1,
                reasons: [],
                extractor: 'pattern' as const,
              },
            }),
      };
    });
    await addRequests(...all);
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            states: fc.subarray([...states]),
            action: fc.constantFrom(...actions, 'none'),
            needsPerson: fc.boolean(),
            requestedBy: fc.constantFrom(...names),
          },
          { requiredKeys: [] },
        ),
        fc.integer({ min: 1, max: 10 }),
        async (filter, limit) => {
          const expected = all
            .filter(
              (r) =>
                (filter.states === undefined || filter.states.includes(r.state)) &&
                (filter.action === undefined || r.intent?.action === filter.action) &&
                (filter.needsPerson === undefined || r.needsPerson === filter.needsPerson) &&
                (filter.requestedBy === undefined || r.subject.requestedBy === filter.requestedBy),
            )
            .map(({ id }) => id)
            .reverse();
          const seen = await turnPages((cursor) =>
            context.store.requests({ ...filter, cursor, limit }),
          );
          expect(seen).toEqual(expected);
        },
      ),
    );
  });

  it('lists a request by what its newest version says', async () => {
    await addRequests(aRequest('req_1', { needsPerson: true }));
    await context.store.commit({
      requests: [{ expectedVersion: 1, next: aRequest('req_1', { state: 'cancelled' }) }],
    });
    expect(await requestIds({ needsPerson: true })).toEqual([]);
    expect(await requestIds({ states: ['cancelled'] })).toEqual(['req_1']);
  });

  it.each(['', 'x', '!!', Buffer.from('[1]').toString('base64url')])(
    'refuses the made-up cursor "%s"',
    async (cursor) => {
      const refusal = expect.objectContaining({ code: 'invalid_parameter' });
      await expect(context.store.requests({ cursor, limit: 1 })).rejects.toEqual(refusal);
      await expect(context.store.approvals({ cursor, limit: 1 })).rejects.toBeInstanceOf(AppError);
    },
  );

  it('finds requests whose deadline has passed, oldest first', async () => {
    await addRequests(
      aRequest('req_late', { deadline: at(20) }),
      aRequest('req_later', { deadline: at(30) }),
      aRequest('req_first', { deadline: at(10) }),
      aRequest('req_open'),
    );
    const due = async (seconds: number, limit: number): Promise<string[]> =>
      (await context.store.requestsDue(at(seconds), limit, ['received', 'allowed'])).map(
        ({ value }) => value.id,
      );
    expect(await due(20, 10)).toEqual(['req_first', 'req_late']);
    expect(await due(99, 2)).toEqual(['req_first', 'req_late']);
    expect(await due(9, 10)).toEqual([]);
    expect(await context.store.requestsDue(at(99), 10, ['approved'])).toEqual([]);
    expect(await context.store.requestsDue(at(10), 1, ['received', 'allowed'])).toEqual([
      { version: 1, value: aRequest('req_first', { deadline: at(10) }) },
    ]);
  });

  it('finds executions whose lease has ended, and no others', async () => {
    const execution = anExecution(at(10));
    await addRequests(
      aRequest('req_running', { state: 'executing', execution: anExecution(at(99)) }),
      aRequest('req_abandoned', { state: 'executing', execution }),
      aRequest('req_done', { state: 'executed', execution }),
    );
    const found = await context.store.executionsAbandoned(at(10), 10);
    expect(found.map(({ value }) => value.id)).toEqual(['req_abandoned']);
    expect(await context.store.executionsAbandoned(at(9), 10)).toEqual([]);
  });

  it('lists approvals: pending by expiry, then ended ones newest first', async () => {
    await addApprovals(
      anApproval('apr_a', { expiresAt: at(30), createdAt: at(1) }),
      anApproval('apr_b', { expiresAt: at(10), createdAt: at(2) }),
      anApproval('apr_c', { expiresAt: at(10), createdAt: at(3) }),
      anApproval('apr_d', { state: 'approved', createdAt: at(4) }),
      anApproval('apr_e', { state: 'rejected', createdAt: at(6) }),
      anApproval('apr_f', { state: 'approved', createdAt: at(5) }),
    );
    const expected = ['apr_b', 'apr_c', 'apr_a', 'apr_e', 'apr_f', 'apr_d'];
    for (const limit of [1, 2, 3, 4, 10]) {
      const seen = await turnPages((cursor) => context.store.approvals({ cursor, limit }));
      expect(seen).toEqual(expected);
    }
    const of = (state: Approval['state']) =>
      turnPages((cursor) => context.store.approvals({ state, cursor, limit: 1 }));
    expect(await of('pending')).toEqual(['apr_b', 'apr_c', 'apr_a']);
    expect(await of('approved')).toEqual(['apr_f', 'apr_d']);
    expect(await of('expired')).toEqual([]);
  });

  it('misses no approval that ends while the pages are turned', async () => {
    const all = ['apr_a', 'apr_b', 'apr_c', 'apr_d'];
    await addApprovals(...all.map((id, n) => anApproval(id, { expiresAt: at(n + 1) })));
    let turns = 0;
    const seen = await turnPages(
      (cursor) => context.store.approvals({ cursor, limit: 1 }),
      async () => {
        turns += 1;
        if (turns !== 2) return;
        const next = anApproval('apr_d', { state: 'expired', expiresAt: at(4) });
        await context.store.commit({ approvals: [{ expectedVersion: 1, next }] });
      },
    );
    expect(new Set(seen)).toEqual(new Set(all));
  });
}
