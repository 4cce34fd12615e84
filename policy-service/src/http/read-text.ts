import { isUtf8 } from 'node:buffer';
import { raw, type Request, type Response } from 'express';
import { AppError } from '../domain/errors';
import { MAX_BODY_BYTES } from './parse-json';

const readers = new Map<number, ReturnType<typeof raw>>();

function readerOf(limit: number): ReturnType<typeof raw> {
  const known = readers.get(limit);
  if (known) return known;
  const made = raw({ type: () => true, limit });
  readers.set(limit, made);
  return made;
}

/**
 * The body as text; only JSON is taken, so that no form of another site can be one.
 * @param limit largest body in bytes
 * @returns '' where there is no body
 * @throws AppError `unsupported_media_type`, `malformed_json`; what express throws for a body that
 *   is too large or broken
 */
export async function readText(
  req: Request,
  res: Response,
  limit = MAX_BODY_BYTES,
): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    readerOf(limit)(req, res, (error?: unknown) =>
      error === undefined ? resolve() : reject(error),
    );
  });
  const bytes: unknown = req.body;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return '';
  if (req.headers['content-type'] !== 'application/json' && !req.is(['json', '+json'])) {
    throw new AppError(
      'unsupported_media_type',
      'Send the body as Content-Type: application/json.',
    );
  }
  if (!isUtf8(bytes)) throw new AppError('malformed_json', 'The body is not UTF-8.');
  return bytes.toString('utf8');
}
