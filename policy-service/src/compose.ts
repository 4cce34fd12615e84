import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import pino from 'pino';
import { Checkpoints } from './application/checkpoints';
import type { Deps, Log } from './application/deps';
import { ExecuteRequest } from './application/execute-request';
import { ConnectorFacts } from './application/facts';
import { Idempotency } from './application/idempotency';
import type { Connector, Extractor, Store } from './application/ports';
import { loadBundle } from './bundle/load-bundle';
import { ConfigError, type Config } from './config';
import { AppError } from './domain/errors';
import type { HttpConnectorDefinition } from './erp/http/definition';
import { createHttpConnector } from './erp/http/http-connector';
import { ClaudeExtractor } from './extraction/claude-extractor';
import { PatternExtractor } from './extraction/pattern-extractor';
import { createApp } from './http/app';
import { RateLimit } from './http/rate-limit';
import { openSqliteStore } from './storage/sqlite/store';
import { createCallbackSender } from './system/callbacks';
import { systemClock } from './system/clock';
import { scryptPasswords } from './system/passwords';
import { systemRandom } from './system/random';
import { webDeps } from './web-deps';

/** Names the log in its checkpoints. */
const LOG_ORIGIN = 'execution-layer';

export interface Service {
  app: Express;
  deps: Deps;
  checkpoints: Checkpoints;
  /** Resolves when no execution is under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the store, and makes the data directory where there is none.
 * @throws ConfigError when the directory cannot be made
 */
export async function openStore(config: Config): Promise<Store> {
  try {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ConfigError(
      `EXECUTION_LAYER_DATA_DIR is "${config.dataDir}", which cannot be used as a folder (${(error as NodeJS.ErrnoException).code}). Write another path.`,
    );
  }
  return openSqliteStore({ file: databaseFile(config), clock: systemClock });
}

/**
 * Opens a store that is there already, so that a mistyped folder is not taken for an empty log.
 * @throws ConfigError
 */
export async function openExistingStore(config: Config): Promise<Store> {
  if (!existsSync(databaseFile(config))) {
    throw new ConfigError(
      `There is no database in ${config.dataDir}. Set EXECUTION_LAYER_DATA_DIR to the folder of the service.`,
    );
  }
  return openStore(config);
}

function databaseFile(config: Config): string {
  return join(config.dataDir, 'execution-layer.sqlite');
}

/**
 * Builds the service: the only place where adapters are constructed.
 * @throws BundleError, StorageUnavailable
 */
export async function composeService(config: Config, env: NodeJS.ProcessEnv): Promise<Service> {
  const log = pino({ level: config.logLevel, base: { service: 'execution-layer' } });
  const { bundle, connectors } = loadBundle(config.bundleDir);
  assertLeaseOutlives(connectors, config.leaseSeconds);
  const byId = new Map<string, Connector>(
    connectors.map((definition) => [definition.id, connectorOf(definition, env, log)]),
  );
  const connector = (id: string): Connector => {
    const found = byId.get(id);
    if (!found) throw new AppError('policy_unavailable', `There is no connector "${id}".`);
    return found;
  };
  const store = await openStore(config);
  const deps: Deps = {
    store,
    clock: systemClock,
    random: systemRandom,
    bundle: () => bundle,
    connector,
    facts: new ConnectorFacts(connector, systemClock),
    extractor: extractorOf(config),
    callbacks: createCallbackSender(config.callbackHosts),
    passwords: scryptPasswords,
    log,
    settings: {
      publicUrl: config.publicUrl,
      timeZone: config.timeZone,
      instanceId: `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`,
      leaseMs: config.leaseSeconds * 1000,
    },
  };
  const checkpoints = new Checkpoints(store.log, LOG_ORIGIN, checkpointKey(config.dataDir));
  const executeRequest = new ExecuteRequest(deps);
  const app = createApp(
    {
      deps,
      checkpoints,
      executeRequest,
      idempotency: new Idempotency(deps),
      rateLimit: new RateLimit(config.rateLimit, systemClock),
    },
    webDeps(deps),
    serviceVersion(),
  );
  return {
    app,
    deps,
    checkpoints,
    idle: () => executeRequest.idle(),
    close: () => store.close(),
  };
}

/** Version of the package. */
export function serviceVersion(): string {
  const file = join(__dirname, '..', 'package.json');
  return String((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version);
}

/** @throws ConfigError when a setting that the connector names is missing or wrong */
function connectorOf(
  definition: HttpConnectorDefinition,
  env: NodeJS.ProcessEnv,
  log: Log,
): Connector {
  try {
    return createHttpConnector(definition, { env, clock: systemClock, log });
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

/** A call that outlives the lease would be taken for dead while it still writes. */
function assertLeaseOutlives(connectors: HttpConnectorDefinition[], leaseSeconds: number): void {
  for (const { id, retry } of connectors) {
    if (retry.totalMs >= leaseSeconds * 1000) {
      throw new ConfigError(
        `EXECUTION_LAYER_LEASE_SECONDS is ${leaseSeconds}, but calls of the connector ${id} may take ${retry.totalMs / 1000} s. Write a larger number.`,
      );
    }
  }
}

function extractorOf(config: Config): Extractor {
  if (!config.anthropicApiKey) return new PatternExtractor();
  return new ClaudeExtractor({
    apiKey: config.anthropicApiKey,
    model: config.claudeModel,
    baseURL: config.anthropicBaseUrl,
  });
}

/**
 * The key that signs checkpoints, made at the first start. It is written to a file of its own and
 * linked into place, so that of two processes that start together both use the one that came first.
 */
function checkpointKey(dataDir: string): string {
  const file = join(dataDir, 'checkpoint-key.pem');
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const draft = `${file}.${process.pid}`;
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(draft, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8');
}
