import type { IDataObject } from 'n8n-workflow';
import { limits } from './limits';
import { localProblem, ProblemError } from './problem';
import { valueOf } from './items';
import { callService, type ServiceContext } from './transport';

export interface PagedList {
  path: string;
  query: Record<string, string | number | undefined>;
  /** Member of a page that names the next one, and parameter that asks for it. */
  next: { member: string; parameter: string };
  wanted: number;
}

/** Reads page after page until there are enough. @throws ProblemError */
export async function readPages(
  context: ServiceContext,
  { path, query, next, wanted }: PagedList,
): Promise<IDataObject[]> {
  const items: IDataObject[] = [];
  let position: string | number | undefined;
  while (items.length < wanted) {
    const page = valueOf(
      await callService(context, {
        method: 'GET',
        path,
        query: {
          ...query,
          [next.parameter]: position,
          limit: Math.min(wanted - items.length, limits.pageSize),
        },
      }),
    );
    items.push(...((page.items ?? []) as IDataObject[]));
    const following = page[next.member] as string | number | undefined;
    if (following === undefined) break;
    if (following === position) throw endless();
    position = following;
  }
  return items;
}

/** Reads a list that is part of an object to its end, as one object. @throws ProblemError */
export async function readWhole(
  context: ServiceContext,
  { path, next }: Pick<PagedList, 'path' | 'next'>,
): Promise<IDataObject> {
  const items: IDataObject[] = [];
  let position: string | number | undefined;
  for (;;) {
    const query = position === undefined ? {} : { [next.parameter]: position };
    const { [next.member]: following, ...page } = valueOf(
      await callService(context, { method: 'GET', path, query }),
    );
    items.push(...((page.items ?? []) as IDataObject[]));
    if (following === undefined) return { ...page, items };
    if (following === position) throw endless();
    position = following as string | number;
  }
}

function endless(): ProblemError {
  return new ProblemError(
    localProblem(
      'unreadable_answer',
      'The service gave the same page twice',
      'Check that the policy service and this package are of versions that go together.',
      200,
    ),
  );
}
