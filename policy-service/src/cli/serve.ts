import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Command } from 'commander';
import { startBackground } from '../application/background';
import { damageInWords } from '../application/change/log-broken';
import { composeService, type Service } from '../compose';
import { readConfig } from '../config';
import { portTaken, untilSignal } from './lifecycle';

/** Calls under way get this long to end before the process stops. */
const GRACE_MS = 10_000;
/** A call that has not come in whole by then is given up: nobody keeps us waiting byte by byte. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** Longer than clients keep a connection for its next call: one that we close first may be in use. */
const KEEP_ALIVE_MS = 65_000;

export function serveCommand(): Command {
  return new Command('serve').description('Run the policy service').action(async () => {
    const config = readConfig(process.env);
    const service = await composeService(config, process.env, { writeThread: true });
    const server = createServer(
      { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS },
      service.app,
    );
    server.listen(config.port, config.host);
    await once(server, 'listening').catch(async (error: unknown) => {
      await service.close();
      throw portTaken(error, config.port, 'EXECUTION_LAYER_PORT');
    });
    const stopBackground = startBackground(service.deps);
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`Policy service listens on http://${config.host}:${port}\n`);
    if (service.logDamage) {
      process.stdout.write(
        `THE AUDIT LOG IS DAMAGED, so nothing can be changed, only read. ${damageInWords(service.logDamage)}\nVerify it: execution-layer audit verify. Then restore a sound backup and start again.\n`,
      );
    }
    if (service.sealingNote) process.stdout.write(`${service.sealingNote}\n`);
    if (service.policyNote) process.stdout.write(`${service.policyNote}\n`);
    await greetNewcomer(service);
    await untilSignal();
    await drain(server);
    await Promise.all([stopBackground(), service.idle()]);
    await service.close();
  });
}

async function greetNewcomer({ deps }: Service): Promise<void> {
  const [tokens, people] = await Promise.all([deps.store.tokens(), deps.store.people()]);
  if (people.length === 0) {
    process.stdout.write(
      'Nobody can sign in yet. Create a person: execution-layer person create --help\n',
    );
  }
  if (tokens.length === 0) {
    process.stdout.write(
      'No client can call yet. Create a token: execution-layer token create --help\n',
    );
  }
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(grace);
}
