import type { Request, RequestHandler, Response } from 'express';
import type { ErpDatabase } from './database';
import type { WriteContext } from './documents/document';
import type { FaultKind, FaultQueue } from './faults';
import { fingerprintOf, runOnce, type ErpAnswer } from './idempotency';
import { ErpRefusal } from './refusal';

export interface WriteDeps {
  db: ErpDatabase;
  faults: FaultQueue;
  now: () => Date;
  /** How long answers are remembered by their Idempotency-Key, in milliseconds. */
  keyRetentionMs: number;
  /** Aborted when the server closes: a delayed write is then given up, as if the ERP had crashed. */
  closing: AbortSignal;
}

const POISON = `,"half":"\\ud800","huge":1e999,"deep":${'['.repeat(300)}${']'.repeat(300)}`;

type Answer = ErpAnswer & { replayed: boolean };

/**
 * The way of every write: the next fault is taken, the write commits (or is replayed, or refused),
 * and the answer leaves as the fault wants it.
 */
export function writeHandler(
  deps: WriteDeps,
  write: (context: WriteContext, req: Request<{ id: string }>) => object,
): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const fault = deps.faults.take();
    if (fault && fault.delayMs > 0) await deps.faults.delay(fault.delayMs, deps.closing);
    if (deps.closing.aborted) return;
    if (fault?.kind === 'drop_before_commit') {
      req.socket.destroy();
      return;
    }
    if (fault?.kind === 'status_429') {
      const refusal = new ErpRefusal('too_many_requests', 'Too many requests. Try again later.');
      res.status(429).set('Retry-After', '1').json(refusal);
      return;
    }
    send(res, commit(deps, req, write), fault?.kind);
  };
}

function commit(
  deps: WriteDeps,
  req: Request<{ id: string }>,
  write: (context: WriteContext, req: Request<{ id: string }>) => object,
): Answer {
  const now = deps.now();
  const fingerprint = fingerprintOf(req.method, req.path, req.body);
  try {
    return runOnce(
      deps.db,
      req.get('idempotency-key'),
      fingerprint,
      now,
      deps.keyRetentionMs,
      () => ({
        status: 201,
        body: write({ db: deps.db, now }, req),
      }),
    );
  } catch (error) {
    if (!(error instanceof ErpRefusal)) throw error;
    return { status: error.status, body: error.toJSON(), replayed: false };
  }
}

function send(res: Response, answer: Answer, fault: FaultKind | undefined): void {
  const body = JSON.stringify(answer.body);
  res.status(answer.status).type('json');
  if (answer.replayed) res.set('Idempotent-Replayed', 'true');
  switch (fault) {
    case 'drop_after_commit':
      res.socket?.destroy();
      return;
    case 'duplicate_answer':
      res.send(body + body);
      return;
    case 'truncated_answer':
      res.set('Content-Length', String(Buffer.byteLength(body)));
      // Cut only after the half has left: the caller must see a beginning.
      res.write(body.slice(0, Math.floor(body.length / 2)), () => res.socket?.destroy());
      return;
    case 'poisonous_answer':
      res.send(`${body.slice(0, -1)}${POISON}}`);
      return;
    case 'status_500_committed':
      // A refused write booked nothing, so its honest answer stands.
      if (answer.status < 300) {
        res
          .status(500)
          .send(
            JSON.stringify(new ErpRefusal('internal', 'Something went wrong.', undefined, 500)),
          );
        return;
      }
      res.send(body);
      return;
    default:
      res.send(body);
  }
}
