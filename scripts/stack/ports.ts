import { createServer } from 'node:net';

const HOST = '127.0.0.1';

/** A port that was asked for and is in use; the message says what to do. */
export class PortTakenError extends Error {}

/** A port that nothing listens on right now. */
export async function freePort(): Promise<number> {
  const port = await listen(0);
  if (port === undefined) throw new Error('This machine has no free port on 127.0.0.1.');
  return port;
}

/**
 * Checks that each named port can be listened on.
 * @throws PortTakenError naming all taken ports
 */
export async function assertPortsFree(ports: Record<string, number>): Promise<void> {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(ports)) {
    if ((await listen(port)) === undefined) taken.push(`${port} (${name})`);
  }
  if (taken.length > 0) {
    const word = taken.length === 1 ? 'Port' : 'Ports';
    throw new PortTakenError(`${word} already in use on this machine: ${taken.join(', ')}.`);
  }
}

/** Listens for a moment; the port that was used, or undefined when it is taken. */
function listen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, HOST, () => {
      const address = server.address();
      const used = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(used));
    });
  });
}
