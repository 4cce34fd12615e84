import { inheritedEnvironment } from './environment';

/** Services that n8n would call on the internet; the stack works on a closed network. */
const CLOSED_NETWORK = [
  'N8N_DIAGNOSTICS_ENABLED',
  'N8N_VERSION_NOTIFICATIONS_ENABLED',
  'N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED',
  'N8N_TEMPLATES_ENABLED',
  'N8N_PERSONALIZATION_ENABLED',
  'N8N_HIRING_BANNER_ENABLED',
  'N8N_DYNAMIC_BANNERS_ENABLED',
  'N8N_VERIFIED_PACKAGES_ENABLED',
];

export interface N8nEnvironmentOptions {
  userFolder: string;
  port: number;
  /** Port between n8n and its task runner. */
  brokerPort: number;
  encryptionKey: string;
}

/** Settings of an n8n that is reachable from this machine only. Settings of the caller's own n8n are dropped. */
export function n8nEnvironment(options: N8nEnvironmentOptions): NodeJS.ProcessEnv {
  return {
    ...inheritedEnvironment(/^(N8N_|DB_|EXECUTIONS_|QUEUE_|WEBHOOK_URL)/i),
    ...Object.fromEntries(CLOSED_NETWORK.map((name) => [name, 'false'])),
    // Without it n8n answers a malformed body with a stack trace.
    NODE_ENV: 'production',
    N8N_USER_FOLDER: options.userFolder,
    N8N_PORT: String(options.port),
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_WEBHOOK_URL: `http://127.0.0.1:${options.port}/`,
    N8N_EDITOR_BASE_URL: `http://127.0.0.1:${options.port}/`,
    N8N_ENCRYPTION_KEY: options.encryptionKey,
    // The editor is served over plain HTTP on the loopback interface.
    N8N_SECURE_COOKIE: 'false',
    N8N_RUNNERS_BROKER_PORT: String(options.brokerPort),
    N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
  };
}
