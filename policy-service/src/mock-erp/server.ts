import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createErpApp, type ErpLog } from './app';
import { openErpDatabase } from './database';
import { FaultQueue } from './faults';
import { KEY_RETENTION_MS } from './idempotency';

export interface MockErpOptions {
  /** Folder of `mock-erp.sqlite`; made when missing. */
  dataDir: string;
  /** A loopback address; default 127.0.0.1. */
  host?: string;
  /** Default 4320; 0 takes a free port. */
  port?: number;
  log?: ErpLog;
  /** How long an Idempotency-Key is remembered, in milliseconds; default seven days. */
  keyRetentionMs?: number;
  now?: () => Date;
}

export interface MockErp {
  /** For example `http://127.0.0.1:4320`. */
  url: string;
  port: number;
  /** Cuts every connection, gives up delayed writes and closes the file. */
  close(): Promise<void>;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/**
 * Starts the mock ERP: a small ERP without credentials, for demos and tests.
 * @throws Error when the host is not a loopback address, or the port or the file cannot be had
 */
export async function startMockErp(options: MockErpOptions): Promise<MockErp> {
  const host = options.host ?? '127.0.0.1';
  if (!LOOPBACK.includes(host)) {
    throw new Error(
      `The mock ERP has no credentials, so it listens on ${LOOPBACK.join(', ')} only, not on ${host}.`,
    );
  }
  const db = openErpDatabase(options.dataDir);
  const closing = new AbortController();
  const app = createErpApp(
    {
      db,
      faults: new FaultQueue(),
      now: options.now ?? (() => new Date()),
      keyRetentionMs: options.keyRetentionMs ?? KEY_RETENTION_MS,
      closing: closing.signal,
    },
    options.log ?? (() => undefined),
  );
  const server = http.createServer(app);
  // Above the idle time of usual HTTP clients, so that a connection is not cut under a new call.
  server.keepAliveTimeout = 65_000;
  try {
    await listening(server, host, options.port ?? 4320);
  } catch (error) {
    db.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host === '::1' ? '[::1]' : host}:${port}`,
    port,
    close: async () => {
      closing.abort();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      db.close();
    },
  };
}

function listening(server: http.Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
