import type { Request, Response } from 'express';
import type { AppError } from '../domain/errors';
import { callerAddress } from './caller-address';
import type { Viewer, WebDeps } from './deps';

/** Leaves an entry of what a page or its form refused. */
export async function noteRefused(
  deps: WebDeps,
  req: Request,
  res: Response,
  error: AppError,
): Promise<void> {
  const viewer = res.locals.viewer as Viewer | undefined;
  const { path } = (req.route ?? { path: 'unknown' }) as { path: string };
  const route = `${req.method} ${path.replace(/:(\w+)/g, '{$1}')}`;
  await deps.refused({ person: viewer?.person, address: callerAddress(req), route }, error);
}
