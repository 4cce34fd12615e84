import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import pino from 'pino';
import { ActivePolicy } from './application/policies/active-policy';
import { adoptSealingKey } from './application/adopt-sealing-key';
import { CallRecords } from './application/change/call-records';
import { Checkpoints } from './application/audit-log/checkpoints';
import type { Deps, Log } from './application/change/deps';
import { checkLog } from './application/audit-log/log-check/check-log';
import { ExecuteRequest } from './application/execution/execute';
import { ConnectorFacts, type FactSource } from './application/facts/look-up-facts';
import { Idempotency } from './application/change/idempotency';
import { SignInDelays } from './domain/identity/sign-in-delays';
import type { Connector, Sealer, Store } from './application/ports';
import type { BundleReader } from './application/policies/bundle-reader';
import type { LogProblem } from './audit/check-entry';
import { createBundleReader, type Connect } from './bundle/bundle-reader';
import { OffProcessBundles } from './bundle/off-process-bundles';
import { ConfigError, type Config } from './config';
import { AppError } from './domain/errors';
import { createConnector, traitsOf, type ConnectorDefinition } from './erp/connectors';
import { unusableConnector } from './erp/unusable-connector';
import { Secrets } from './erp/secrets';
import { unlistedVariables } from './erp/variables';
import { Resilience } from './erp/resilience/resilience';
import { ClaudeExtractor } from './extraction/claude-extractor';
import { OffThreadExtractor } from './extraction/off-thread-extractor';
import { createApp } from './http/app';
import { RateLimit } from './http/rate-limit';
import { openSqliteStore } from './storage/sqlite/store';
import { boundedFetch } from './system/bounded-fetch';
import { createCallbackSender } from './system/callbacks';
import { checkpointKey } from './system/checkpoint-key';
import { ServiceClock } from './system/service-clock';
import { scryptPasswords } from './system/passwords';
import { createSealer } from './system/sealer';
import { systemRandom } from './system/random';
import { startPolicy } from './start-policy';
import { webDeps } from './web-deps';

/** Far above what a model may write in one answer. */
const MAX_MODEL_ANSWER_BYTES = 1024 * 1024;

/** Names the log in its checkpoints. */
const LOG_ORIGIN = 'execution-layer';

export interface Service {
  app: Express;
  deps: Deps;
  checkpoints: Checkpoints;
  /** What whoever starts the service should know of its policy; absent when all is well. */
  policyNote?: string;
  /** What whoever starts the service should know of its sealing key; absent when all is well. */
  sealingNote?: string;
  /** What is damaged in the log: the service only reads then. */
  logDamage?: LogProblem;
  /** Resolves when no execution is under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions {
  clock?: ServiceClock;
  writeThread?: boolean;
}

/**
 * Opens the store, and makes the data directory where there is none. The clock goes on from what is
 * stored.
 * @param options.writeThread see SqliteStoreOptions
 * @throws ConfigError when the directory cannot be made
 */
export async function openStore(
  config: Config,
  { clock = new ServiceClock(), writeThread = false }: StoreOptions = {},
): Promise<Store> {
  try {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ConfigError(
      `EXECUTION_LAYER_DATA_DIR is "${config.dataDir}", which cannot be used as a folder (${(error as NodeJS.ErrnoException).code}). Write another path.`,
    );
  }
  const store = await openSqliteStore({ file: databaseFile(config), clock, writeThread });
  try {
    await clock.keep(store);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Opens a store that is there already, so that a mistyped folder is not taken for an empty log.
 * @throws ConfigError
 */
export async function openExistingStore(
  config: Config,
  options: StoreOptions = {},
): Promise<Store> {
  if (!existsSync(databaseFile(config))) {
    throw new ConfigError(
      `There is no database in ${config.dataDir}. Set EXECUTION_LAYER_DATA_DIR to the folder of the service.`,
    );
  }
  return openStore(config, options);
}

/** Whether there is a database already. */
export function hasStore(config: Config): boolean {
  return existsSync(databaseFile(config));
}

/**
 * Looks records up through connectors, each made when it is first asked.
 * @throws ConfigError at the first lookup when a setting of its connector is missing
 */
export function factsThrough(
  definitions: ConnectorDefinition[],
  env: NodeJS.ProcessEnv,
  clock: ServiceClock,
): FactSource {
  const made = new Map<string, Connector>();
  const log = pino({ level: 'silent' });
  return new ConnectorFacts((id) => {
    const definition = definitions.find((one) => one.id === id);
    const connector = made.get(id) ?? (definition && connectorOf(definition, env, { log, clock }));
    if (!connector) throw new AppError('policy_unavailable', `There is no connector "${id}".`);
    made.set(id, connector);
    return connector;
  }, clock);
}

/** What is not written yet is dropped beyond this. */
const LOG_BACKLOG_BYTES = 1 << 20;

/** Lines that cannot be written, for a full disk or for want of a reader, are lost and end nothing. */
function logOutput(): pino.DestinationStream {
  const output = pino.destination({ dest: 1, sync: true, maxLength: LOG_BACKLOG_BYTES });
  output.on('error', () => undefined);
  return output;
}

/** Where the database of a data directory is. */
export function databaseFile(config: Config): string {
  return join(config.dataDir, 'execution-layer.sqlite');
}

/**
 * Builds the service: the only place where adapters are constructed.
 * @param options.writeThread lets a thread of its own wait for the disk, as a server should
 * @throws ConfigError, BundleError, StorageUnavailable
 */
export async function composeService(
  config: Config,
  env: NodeJS.ProcessEnv,
  options: StoreOptions = {},
): Promise<Service> {
  const clock = options.clock ?? new ServiceClock();
  const secrets = new Secrets();
  if (config.anthropicApiKey) secrets.add(config.anthropicApiKey);
  const log = pino(
    {
      level: config.logLevel,
      base: { service: 'execution-layer' },
      hooks: { streamWrite: (line) => secrets.hide(line) },
    },
    logOutput(),
  );
  const store = await openStore(config, { ...options, clock });
  const orClose = async <T>(step: () => T | Promise<T>): Promise<T> => {
    try {
      return await step();
    } catch (error) {
      await store.close();
      throw error;
    }
  };
  const sealer = await orClose(() => sealerOf(config));
  const resilience = new Resilience(store, log);
  const connect = connecting(config, env, { log, clock, secrets });
  const bundles = createBundleReader(connect);
  const sentBundles = new OffProcessBundles(connect);
  const policy = new ActivePolicy(
    store,
    bundles,
    (connector) => resilience.wrap(connector),
    clock,
    log,
  );
  const extractor = extractorOf(config);
  const deps: Deps = {
    store,
    clock,
    random: systemRandom,
    policy,
    bundles,
    sentBundles,
    bundle: () => policy.bundle(),
    connector: (id) => policy.connector(id),
    connectorHealth: () => resilience.health(),
    facts: { entities: (...asked) => policy.facts().entities(...asked) },
    extractor,
    callbacks: createCallbackSender(config.callbackHosts),
    passwords: scryptPasswords,
    signInDelays: new SignInDelays(),
    sealer,
    calls: new CallRecords({ store, clock, log }),
    log,
    settings: {
      publicUrl: config.publicUrl,
      timeZone: config.timeZone,
      instanceId: `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`,
      leaseMs: config.leaseSeconds * 1000,
      sessionIdleMs: config.sessionIdleMinutes * 60_000,
      trustedProxies: config.trustedProxies,
    },
  };
  const logDamage = await checkLog(deps, { again: true });
  const sealingNote = await orClose(() => adoptSealingKey(deps));
  const policyNote = await orClose(() =>
    startPolicy(deps, config.bundleDir, logDamage === undefined),
  );
  const checkpoints = new Checkpoints(store.log, LOG_ORIGIN, checkpointKey(config.dataDir));
  const executeRequest = new ExecuteRequest(deps);
  const rateLimit = new RateLimit(config.rateLimit, clock);
  const app = createApp(
    {
      deps,
      checkpoints,
      executeRequest,
      idempotency: new Idempotency(deps),
      rateLimit,
    },
    webDeps(deps, rateLimit),
    serviceVersion(),
  );
  return {
    app,
    deps,
    checkpoints,
    policyNote,
    sealingNote,
    logDamage,
    idle: () => executeRequest.idle(),
    async close() {
      if (extractor instanceof OffThreadExtractor) await extractor.close();
      await sentBundles.close();
      await deps.calls.flush(true);
      await store.close();
    },
  };
}

/** Version of the package. */
export function serviceVersion(): string {
  const file = join(__dirname, '..', 'package.json');
  return String((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version);
}

/** What connectors share. */
export interface ConnectorDeps {
  log: Log;
  clock: ServiceClock;
  secrets?: Secrets;
}

/** Reads bundles for this process: its settings decide whether their connectors can be used. */
export function bundleReader(
  config: Pick<Config, 'leaseSeconds' | 'connectorVariables'>,
  env: NodeJS.ProcessEnv,
  parts: ConnectorDeps,
): BundleReader {
  return createBundleReader(connecting(config, env, parts));
}

function connecting(
  config: Pick<Config, 'leaseSeconds' | 'connectorVariables'>,
  env: NodeJS.ProcessEnv,
  parts: ConnectorDeps,
): Connect {
  return (definitions, use) => {
    const ids = definitions.map(({ id }) => id);
    return definitions.map((definition) => {
      try {
        assertLeaseOutlives(definition, config.leaseSeconds);
        const problem = variableProblem(definition, config.connectorVariables, ids, use);
        if (problem !== undefined) parts.log.warn({ connector: definition.id }, problem);
        return connectorOf(definition, env, parts);
      } catch (error) {
        // A new bundle is refused for it; in the active one only this connector's actions wait.
        if (use === 'new' || !(error instanceof ConfigError)) throw error;
        return unusableConnector(definition, error.message);
      }
    });
  };
}

/** @throws ConfigError when a setting that the connector names is missing or wrong */
function connectorOf(
  definition: ConnectorDefinition,
  env: NodeJS.ProcessEnv,
  { log, clock, secrets = new Secrets() }: ConnectorDeps,
): Connector {
  try {
    return createConnector(definition, { env, secrets, clock, log });
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

/**
 * A bundle must not choose which secrets of this process it gets.
 * @returns what an active bundle is only warned of
 * @throws ConfigError
 */
function variableProblem(
  definition: ConnectorDefinition,
  listed: Config['connectorVariables'],
  ids: readonly string[],
  use: 'active' | 'new',
): string | undefined {
  const { nobodys, unlisted } = unlistedVariables(definition, listed, ids);
  const { id } = definition;
  if (nobodys.length > 0) {
    throw new ConfigError(
      `The connector ${id} names ${nobodys.join(', ')}, which no connector may read. Use a variable of its own.`,
    );
  }
  if (unlisted.length === 0) return undefined;
  const problem = `The connector ${id} names variables that are not listed for it. If it may read them, add to EXECUTION_LAYER_CONNECTOR_VARIABLES: ${id}:${unlisted.join(',')}`;
  if (use === 'new') throw new ConfigError(problem);
  return problem;
}

/** A call that outlives the lease would be taken for dead while it still writes. */
function assertLeaseOutlives(connector: ConnectorDefinition, leaseSeconds: number): void {
  const { id, longestCallMs } = traitsOf(connector);
  if (longestCallMs >= leaseSeconds * 1000) {
    throw new ConfigError(
      `EXECUTION_LAYER_LEASE_SECONDS is ${leaseSeconds}, but calls of the connector ${id} may take ${longestCallMs / 1000} s. Write a larger number.`,
    );
  }
}

/** @throws ConfigError when the key cannot be used */
function sealerOf({ dataDir }: Config): Sealer {
  try {
    return createSealer(dataDir);
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

function extractorOf(config: Config): OffThreadExtractor | ClaudeExtractor {
  if (!config.anthropicApiKey) return new OffThreadExtractor();
  return new ClaudeExtractor({
    apiKey: config.anthropicApiKey,
    model: config.claudeModel,
    baseURL: config.anthropicBaseUrl,
    fetch: boundedFetch(MAX_MODEL_ANSWER_BYTES),
  });
}
