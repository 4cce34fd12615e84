import { answersOk, startChild, stopChild, waitUntilReady, type Child } from './child';
import { runCli, SERVICE_BIN, serviceEnvironment } from './service-cli';

export interface PolicyServiceOptions {
  port: number;
  erpUrl: string;
  /** Hosts with port that the service may call back, for example `127.0.0.1:5678`. */
  callbackHosts: string[];
  dataDir: string;
  logFile: string;
  /** Further EXECUTION_LAYER_* settings. */
  settings?: Record<string, string>;
}

/** Plain data: enough to stop it and to start it again on the same data. */
export interface RunningPolicyService {
  child: Child;
  url: string;
  settings: Record<string, string>;
}

/** Starts the policy service and waits until it is ready. */
export async function startPolicyService(
  options: PolicyServiceOptions,
): Promise<RunningPolicyService> {
  const url = `http://127.0.0.1:${options.port}`;
  const settings = {
    EXECUTION_LAYER_DATA_DIR: options.dataDir,
    EXECUTION_LAYER_HOST: '127.0.0.1',
    EXECUTION_LAYER_PORT: String(options.port),
    EXECUTION_LAYER_PUBLIC_URL: url,
    EXECUTION_LAYER_MOCK_ERP_URL: options.erpUrl,
    EXECUTION_LAYER_CALLBACK_HOSTS: options.callbackHosts.join(','),
    ...options.settings,
  };
  return launch({ url, settings, logFile: options.logFile });
}

/** Stops the service and starts it again with the same settings and data. */
export async function restartPolicyService(
  service: RunningPolicyService,
): Promise<RunningPolicyService> {
  await stopChild(service.child);
  return launch({ url: service.url, settings: service.settings, logFile: service.child.logFile });
}

async function launch(what: {
  url: string;
  settings: Record<string, string>;
  logFile: string;
}): Promise<RunningPolicyService> {
  const child = startChild({
    name: 'policy service',
    command: process.execPath,
    args: [SERVICE_BIN, 'serve'],
    env: serviceEnvironment(what.settings),
    logFile: what.logFile,
  });
  try {
    await waitUntilReady(child, () => answersOk(`${what.url}/readyz`));
  } catch (error) {
    await stopChild(child);
    throw error;
  }
  return { child, url: what.url, settings: what.settings };
}

/** Makes a service token. @returns the token, which is shown only once */
export function createToken(
  service: RunningPolicyService,
  token: { name: string; scopes: string[]; owner: string },
): Promise<string> {
  const args = ['token', 'create', '--name', token.name, '--scopes', token.scopes.join(',')];
  return runCli([...args, '--owner', token.owner], service.settings);
}

/** Makes a person who can sign in to the inbox. */
export async function createPerson(
  service: RunningPolicyService,
  person: { email: string; name: string; roles: string[]; password: string },
): Promise<void> {
  const args = ['person', 'create', '--email', person.email, '--name', person.name];
  await runCli(
    [...args, '--roles', person.roles.join(','), '--password-stdin'],
    service.settings,
    `${person.password}\n`,
  );
}
