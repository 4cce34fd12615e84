import type { Bundle } from '../../domain/decision/bundle';
import type { Clock, Connector, ConnectorHealth, Extractor, Random, Sealer, Store } from '../ports';
import type { ActivePolicy } from '../policies/active-policy';
import type { CallRecords } from './call-records';
import type { FactSource } from '../facts/look-up-facts';
import type { SignInDelays } from '../../domain/identity/sign-in-delays';
import type { BundleReader } from '../policies/bundle-reader';
import type { SentBundles } from '../policies/sent-bundles';

/** Where things that nobody waits for are told; values must never hold a secret. */
export interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** Posts to n8n. */
export interface CallbackSender {
  /** Whether the URL's host is on the allow-list. */
  allowed(url: string): boolean;
  /** `retry` covers n8n's 409 while it still saves the execution. Never throws. */
  send(url: string, body: unknown): Promise<'delivered' | 'retry' | 'gone'>;
}

/** Everything that a use case may reach; built in compose.ts. */
export interface Deps {
  store: Store;
  clock: Clock;
  random: Random;
  policy: ActivePolicy;
  /** For what the operator chose: the active bundle, and the folder of the first start. */
  bundles: BundleReader;
  /** For what callers send and choose. */
  sentBundles: SentBundles;
  /** The active one. @throws AppError `policy_unavailable` while no valid bundle is active */
  bundle(): Bundle;
  connector(id: string): Connector;
  /** Connectors that this process has used, with their circuits. */
  connectorHealth(): ConnectorHealth[];
  facts: FactSource;
  extractor: Extractor;
  callbacks: CallbackSender;
  passwords: Passwords;
  signInDelays: SignInDelays;
  calls: CallRecords;
  sealer: Sealer;
  log: Log;
  settings: Settings;
}

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Constant-time; false for an unreadable hash. */
  verify(password: string, hash: string): Promise<boolean>;
  /** About how many guesses it costs somebody who knows these words of its person. */
  guesses(password: string, ownWords: readonly string[]): number;
}

export interface Settings {
  /** Without a trailing slash. */
  publicUrl: string;
  timeZone: string;
  /** Names this process in leases. */
  instanceId: string;
  /** Milliseconds an execution is owned by the process that began it. */
  leaseMs: number;
  /** Milliseconds after which an unused session is over. */
  sessionIdleMs: number;
  /** Addresses and networks whose word on where a call comes from is believed. */
  trustedProxies: readonly string[];
}
