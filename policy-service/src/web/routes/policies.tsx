import type { Router } from 'express';
import type { WebDeps } from '../deps';
import { parameter, signedIn, viewerOf } from '../guards';
import { PoliciesPage } from '../pages/policies';
import { sendPage } from '../respond';

/** Activations a page. */
const PAGE = 15;

/** GET /policies. */
export function addPolicyRoutes(router: Router, deps: WebDeps): void {
  router.get('/policies', signedIn, async (req, res) => {
    const cursor = parameter(req, 'cursor');
    const { items, nextCursor } = await deps.policies.activations({ cursor, limit: PAGE });
    sendPage(
      res,
      200,
      <PoliciesPage
        viewer={viewerOf(res)}
        now={deps.now()}
        state={deps.policies.state()}
        history={items}
        paging={{
          first: cursor === undefined ? undefined : '/policies#activations',
          next:
            nextCursor === undefined
              ? undefined
              : `/policies?cursor=${encodeURIComponent(nextCursor)}#activations`,
        }}
      />,
    );
  });
}
