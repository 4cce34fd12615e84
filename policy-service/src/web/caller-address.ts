import { isIP } from 'node:net';
import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

/**
 * Where a call comes from, for counting what one caller does: the address of the connection, or
 * what a trusted proxy says of it. Of an IPv6 address the network, since one caller has many in it.
 */
export function callerAddress(req: Request): string {
  const told = req.ip ?? '';
  // A proxy may pass on what is no address; nothing that a caller wrote stands for one.
  return ipKeyGenerator(isIP(told) ? told : (req.socket.remoteAddress ?? ''));
}
