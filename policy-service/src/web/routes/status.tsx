import type { Router } from 'express';
import { AppError } from '../../domain/errors';
import type { WebDeps } from '../deps';
import { StatusPage } from '../pages/status';
import { secretAddress, sendPage } from '../respond';

/** GET /status/:token, the requester's page: whoever holds the address may look. */
export function addStatusRoute(router: Router, deps: WebDeps): void {
  router.get('/status/:token', async (req, res) => {
    secretAddress(res);
    const request = await deps.statusByToken(String(req.params.token));
    // A moment that cannot be read counts as over.
    const live =
      request !== undefined && Date.parse(request.statusExpiresAt) > deps.now().getTime();
    if (!live) {
      throw new AppError(
        'not_found',
        'This status page does not exist or is no longer available. Ask where you sent the request.',
      );
    }
    const reasons = (request.decision?.reasons ?? []).map((reason) => reason.message);
    // The ERP's own number is for people who sign in.
    const { execution } = request;
    const message = deps.message({
      ...request,
      ...(execution ? { execution: { ...execution, erpReference: undefined } } : {}),
    });
    const held = (await deps.stopOf(request)) !== undefined;
    sendPage(res, 200, <StatusPage {...{ state: request.state, message, reasons, held }} />);
  });
}
