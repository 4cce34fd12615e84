import { Router } from 'express';
import type { Deps } from '../application/change/deps';
import { doubtInWords } from '../application/watch-clock';
import type { LogProblem } from '../audit/check-entry';
import { LogBroken, StorageUnavailable } from '../application/ports';

/** /healthz: the process answers. /readyz: it can store, its log is sound, and it has a bundle to decide by. */
export function healthRoutes(deps: Deps): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const problem = await deps.store.ping().then(() => undefined, asSentence);
    const storage = problem === undefined ? 'ok' : 'unavailable';
    const { state } = deps.policy;
    const policy = state.valid ? 'ok' : 'unavailable';
    const damage = await deps.store.log.damage().catch(() => undefined);
    const log = storage !== 'ok' ? 'unavailable' : damage ? 'damaged' : 'ok';
    const ready = storage === 'ok' && log === 'ok' && policy === 'ok';
    const doubt = deps.clock.doubt?.();
    const problems = [
      ...(problem === undefined ? [] : [problem]),
      ...(damage ? [inWords(damage)] : []),
    ];
    res.status(ready ? 200 : 503).json({
      status: ready ? 'ok' : 'unavailable',
      checks: { storage, log, policy },
      ...(problems.length === 0 ? {} : { problems }),
      // Told, not counted: it is gone by what really passed.
      ...(doubt ? { clock: doubtInWords(doubt) } : {}),
      // Told, not counted: what a stricter check finds in the policy stops at most an action.
      ...(state.valid && state.problems.length > 0
        ? { policyProblems: state.problems.length }
        : {}),
      // An ERP that does not answer makes its actions wait, not the service.
      connectors: [...deps.connectorHealth(), ...unusableOf(deps)],
    });
  });
  return router;
}

/** Connectors that lack a setting; which one is told to people who sign in, and in the log. */
function unusableOf({ policy: { state } }: Deps): object[] {
  const connectors = state.valid ? [...state.connectors.values()] : [];
  return connectors.flatMap(({ id, fault }) => (fault ? [{ id, usable: false }] : []));
}

/** Anybody may ask: what an entry is about is for people who sign in. */
function inWords({ code, sequence }: LogProblem): string {
  const where = sequence === undefined ? '' : `, entry ${sequence}`;
  return `The audit log is damaged (${code}${where}): nothing is changed until it is repaired.`;
}

/** What is wrong with the storage; a damaged log is told apart from it. */
function asSentence(error: unknown): string | undefined {
  if (error instanceof LogBroken) return undefined;
  return error instanceof StorageUnavailable
    ? error.message
    : 'The database cannot be read; the log of the service says why.';
}
