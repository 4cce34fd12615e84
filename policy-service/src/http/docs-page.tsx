import { Router } from 'express';
import type { JsonObject } from '../domain/request/request';
import { ApiReferencePage } from '../web/pages/api-reference';
import { sendPage } from '../web/respond';

/** GET /docs: the OpenAPI document as a page, under the same policy as every other page. */
export function docsPage(document: JsonObject): Router {
  const router = Router();
  router.get('/docs', (_req, res) => {
    sendPage(res, 200, <ApiReferencePage document={document} />);
  });
  return router;
}
