import type { WhatIfSources } from '../../application/what-if/simulate';
import { storedBundle } from '../../application/policies/stored-bundle';
import type { FactSource } from '../../application/facts/look-up-facts';
import type { Store } from '../../application/ports';
import { loadBundle, type LoadedBundle } from '../../bundle/load-bundle';
import { readBundleFolder } from '../../bundle/read-folder';
import { factsThrough, hasStore, openExistingStore } from '../../compose';
import { readConfig, type Config } from '../../config';
import type { Bundle } from '../../domain/decision/bundle';
import { AppError } from '../../domain/errors';
import { ServiceClock } from '../../system/service-clock';
import { isFolder } from './bundle-argument';

/** A policy that a command asks, and what an answer needs beside it. */
export interface PolicySource {
  bundle: Bundle;
  /** Absent where there is no database: then nothing was ever decided or used. */
  store?: Store;
  /** Looks records up through the connectors of that policy, with the settings of this process. */
  facts: FactSource;
  clock: ServiceClock;
  timeZone: string;
}

/**
 * Opens a policy for one command and closes the database afterwards; a running service goes on.
 * @param choice a folder, or the version of a stored bundle or its first characters; absent: the
 *   active one, or the folder of the settings where nothing is active yet
 * @throws AppError `not_found`, `invalid_parameter`, BundleError, ConfigError
 */
export async function withPolicy<T>(
  choice: string | undefined,
  work: (source: PolicySource) => Promise<T>,
): Promise<T> {
  const config = readConfig(process.env);
  const clock = new ServiceClock();
  const store = hasStore(config) ? await openExistingStore(config, { clock }) : undefined;
  try {
    const { bundle, connectors } = await chosen(choice, config, store);
    const facts = factsThrough(connectors, process.env, clock);
    return await work({ bundle, store, facts, clock, timeZone: config.timeZone });
  } finally {
    await store?.close();
  }
}

/** The database that a command cannot do without. @throws AppError `not_found` */
export function storeOf({ store }: PolicySource): Store {
  if (store) return store;
  throw new AppError(
    'not_found',
    'There is no database, so nothing was ever decided. Set EXECUTION_LAYER_DATA_DIR to the folder of the service.',
  );
}

/** What a simulation reads; without a database no limit is used and nobody is known. */
export function sourcesOf({ store, facts, clock, timeZone }: PolicySource): WhatIfSources {
  const nothing: WhatIfSources['store'] = {
    limitUsed: () => Promise.resolve('0'),
    limitHolders: () => Promise.resolve([]),
    person: () => Promise.resolve(undefined),
    people: () => Promise.resolve([]),
  };
  return { store: store ?? nothing, clock, facts, settings: { timeZone } };
}

async function chosen(
  choice: string | undefined,
  config: Config,
  store: Store | undefined,
): Promise<LoadedBundle> {
  if (choice !== undefined && isFolder(choice)) return loadBundle(readBundleFolder(choice), choice);
  const active = (await store?.activations({ limit: 1 }))?.items[0]?.version;
  const version = choice ?? active;
  if (version === undefined) {
    return loadBundle(readBundleFolder(config.bundleDir), config.bundleDir);
  }
  if (!store) {
    throw new AppError(
      'not_found',
      `There is no folder ${version.slice(0, 200)}, and no database that could hold a bundle of this version.`,
    );
  }
  const stored = await storedBundle(store, version);
  return loadBundle(stored.files, stored.version, version === active ? 'active' : 'new');
}
