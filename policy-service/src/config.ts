import { isIP } from 'node:net';
import { resolve, join } from 'node:path';
import { isNobodys } from './erp/variables';

export interface Config {
  dataDir: string;
  host: string;
  port: number;
  /** Without a trailing slash. */
  publicUrl: string;
  bundleDir: string;
  mockErpPort: number;
  /** `host:port` of every n8n that may be called back. */
  callbackHosts: string[];
  /** Connector id -> variables of the environment that its file may name. */
  connectorVariables: ReadonlyMap<string, readonly string[]>;
  timeZone: string;
  logLevel: string;
  /** Calls per token, person, or address of those who are neither, in ten seconds. */
  rateLimit: number;
  leaseSeconds: number;
  sessionIdleMinutes: number;
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
  trustedProxies: string[];
  anthropicApiKey?: string;
  anthropicBaseUrl?: string;
  claudeModel?: string;
}

/** A setting that stops the start; the message says which and what to write instead. */
export class ConfigError extends Error {}

const SHIPPED_BUNDLE = join(__dirname, '..');

/**
 * Settings from EXECUTION_LAYER_* variables; unknown ones are ignored.
 * @throws ConfigError
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const host = env['EXECUTION_LAYER_HOST'] || '127.0.0.1';
  const port = whole(env, 'EXECUTION_LAYER_PORT', 4310, 0, 65535);
  const publicUrl = url(env, 'EXECUTION_LAYER_PUBLIC_URL', `http://127.0.0.1:${port}`);
  return {
    dataDir: resolve(env['EXECUTION_LAYER_DATA_DIR'] || 'data'),
    host,
    port,
    publicUrl,
    bundleDir: resolve(env['EXECUTION_LAYER_BUNDLE_DIR'] || SHIPPED_BUNDLE),
    mockErpPort: whole(env, 'EXECUTION_LAYER_MOCK_ERP_PORT', 4320, 0, 65535),
    callbackHosts: hosts(env),
    connectorVariables: connectorVariables(env),
    timeZone: timeZone(env),
    logLevel: level(env),
    rateLimit: whole(env, 'EXECUTION_LAYER_RATE_LIMIT', 5000, 1, 10_000_000),
    leaseSeconds: whole(env, 'EXECUTION_LAYER_LEASE_SECONDS', 60, 5, 3600),
    sessionIdleMinutes: whole(env, 'EXECUTION_LAYER_SESSION_IDLE_MINUTES', 60, 1, 720),
    trustedProxies: trustedProxies(env),
    anthropicApiKey: env['ANTHROPIC_API_KEY'] || undefined,
    anthropicBaseUrl: env['ANTHROPIC_BASE_URL'] || undefined,
    claudeModel: env['EXECUTION_LAYER_CLAUDE_MODEL'] || undefined,
  };
}

function whole(
  env: NodeJS.ProcessEnv,
  name: string,
  fallback: number,
  min: number,
  max: number,
): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ConfigError(`${name} is "${text}". Write a whole number from ${min} to ${max}.`);
  }
  return value;
}

function url(env: NodeJS.ProcessEnv, name: string, fallback: string): string {
  const text = env[name] || fallback;
  if (!URL.canParse(text) || !/^https?:\/\//.test(text)) {
    throw new ConfigError(
      `${name} is "${text}". Write a URL such as https://approvals.example.com.`,
    );
  }
  return text.replace(/\/+$/, '');
}

function hosts(env: NodeJS.ProcessEnv): string[] {
  const name = 'EXECUTION_LAYER_CALLBACK_HOSTS';
  const list = (env[name] ?? '127.0.0.1:5678,localhost:5678')
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter(Boolean);
  const wrong = list.find((host) => !/^[a-z0-9.-]+:[0-9]{1,5}$/.test(host));
  if (wrong) {
    throw new ConfigError(
      `${name} holds "${wrong}". Write host:port, several separated by commas.`,
    );
  }
  return list;
}

/** Whoever trusts every address believes what any caller forges. */
function trustedProxies(env: NodeJS.ProcessEnv): string[] {
  const name = 'EXECUTION_LAYER_TRUST_PROXY';
  const list = (env[name] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  const wrong = list.find((one) => {
    const [address = '', bits, ...more] = one.split('/');
    if (one === 'loopback') return false;
    if (more.length > 0 || !isIP(address)) return true;
    const most = isIP(address) === 4 ? 32 : 128;
    return bits !== undefined && (!/^[1-9][0-9]{0,2}$/.test(bits) || Number(bits) > most);
  });
  if (wrong !== undefined) {
    throw new ConfigError(
      `${name} holds "${wrong}". Write the addresses or networks of your own proxies, such as 10.0.0.5 or 10.0.0.0/24, separated by commas, or loopback for a proxy on this machine.`,
    );
  }
  return list;
}

/** `my-erp:MY_ERP_URL,MY_ERP_TOKEN;desk:DESK_KEY` */
function connectorVariables(env: NodeJS.ProcessEnv): Config['connectorVariables'] {
  const name = 'EXECUTION_LAYER_CONNECTOR_VARIABLES';
  const entries = (env[name] ?? '').split(';').filter((entry) => entry.trim() !== '');
  const lists = new Map<string, string[]>();
  for (const entry of entries) {
    const [, id, text] = /^\s*([a-z][a-z0-9-]*)\s*:(.*)$/s.exec(entry) ?? [];
    const variables = (text ?? '').split(',').map((variable) => variable.trim());
    const wrong = variables.find((variable) => !/^[A-Z][A-Z0-9_]*$/.test(variable));
    if (id === undefined || wrong !== undefined) {
      throw new ConfigError(
        `${name} holds "${entry.trim()}". Write connector:VARIABLE,VARIABLE, several connectors separated by semicolons.`,
      );
    }
    const never = variables.find(isNobodys);
    if (never !== undefined) {
      throw new ConfigError(`${name} names ${never}, which no connector may read. Remove it.`);
    }
    lists.set(id, [...(lists.get(id) ?? []), ...variables]);
  }
  return lists;
}

function timeZone(env: NodeJS.ProcessEnv): string {
  const name = env['EXECUTION_LAYER_TIME_ZONE'] || 'UTC';
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    throw new ConfigError(
      `EXECUTION_LAYER_TIME_ZONE is "${name}". Write an IANA name such as Europe/Berlin.`,
    );
  }
}

function level(env: NodeJS.ProcessEnv): string {
  const text = env['EXECUTION_LAYER_LOG_LEVEL'] || 'info';
  const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
  if (!levels.includes(text)) {
    throw new ConfigError(
      `EXECUTION_LAYER_LOG_LEVEL is "${text}". Write one of ${levels.join(', ')}.`,
    );
  }
  return text;
}
