import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { answersOk, startChild, stopChild, waitUntilReady, type Child } from './child';
import { n8nEnvironment } from './n8n-environment';
import type { N8nRuntime } from './n8n-runtime';
import { N8nClient } from './n8n-client';
import { REPO_ROOT } from './paths';
import { freePort } from './ports';
import { newPassword, newSecret } from './secrets';

const PACKAGE = 'n8n-nodes-execution-layer';

export interface N8nOptions {
  runtime: N8nRuntime;
  port: number;
  /** Empty folder; n8n keeps its database in it. */
  userFolder: string;
  logFile: string;
  ownerEmail: string;
}

export interface RunningN8n {
  child: Child;
  url: string;
  owner: { email: string; password: string };
  client: N8nClient;
}

/**
 * Starts a fresh n8n with this package's nodes in it and signs its owner in.
 * @throws Error when the nodes are not built or n8n does not become ready
 */
export async function startN8n(options: N8nOptions): Promise<RunningN8n> {
  installNodes(options.userFolder);
  const environment = n8nEnvironment({
    userFolder: options.userFolder,
    port: options.port,
    brokerPort: await freePort(),
    encryptionKey: newSecret(),
  });
  const child = startChild({
    name: 'n8n',
    command: options.runtime.node,
    args: [options.runtime.n8n, 'start'],
    env: environment,
    logFile: options.logFile,
  });
  try {
    const url = `http://127.0.0.1:${options.port}`;
    await waitUntilReady(child, () => answersOk(`${url}/healthz/readiness`));
    const owner = { email: options.ownerEmail, password: newPassword() };
    const client = await N8nClient.setUpOwner(url, owner);
    return { child, url, owner, client };
  } catch (error) {
    await stopChild(child);
    throw error;
  }
}

/** Puts what the published package holds where n8n looks for installed community packages. */
function installNodes(userFolder: string): void {
  if (!existsSync(join(REPO_ROOT, 'dist', 'nodes'))) {
    throw new Error('The nodes are not built. Run `npm run build` first.');
  }
  const target = join(userFolder, '.n8n', 'nodes', 'node_modules', PACKAGE);
  mkdirSync(target, { recursive: true });
  for (const part of ['package.json', 'dist']) {
    cpSync(join(REPO_ROOT, part), join(target, part), { recursive: true });
  }
}
