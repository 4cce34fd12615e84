import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

/**
 * Where a call comes from, for counting what one caller does: the address of the connection, or
 * what a trusted proxy says of it. Of an IPv6 address the network, since one caller has many in it.
 */
export function callerAddress(req: Request): string {
  return req.ip === undefined ? '' : ipKeyGenerator(req.ip);
}
