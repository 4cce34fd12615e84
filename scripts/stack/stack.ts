import { join } from 'node:path';
import { stopChild } from './child';
import { startMockErp, type RunningMockErp } from './mock-erp';
import { startN8n, type RunningN8n } from './n8n';
import { ensureN8n } from './n8n-runtime';
import {
  createPerson,
  createToken,
  startPolicyService,
  type RunningPolicyService,
} from './policy-service';
import { assertPortsFree } from './ports';
import { withProgress, type Progress } from './progress';
import { newPassword } from './secrets';
import { CREDENTIAL, readWorkflow, withCredential, WORKFLOW_NAMES } from './workflow-files';
import type { WorkflowName } from './workflow-files';

export interface StackPorts {
  service: number;
  erp: number;
  n8n: number;
}

export interface StackOptions {
  ports: StackPorts;
  /** Empty folder: databases and logs of this run. */
  dataDir: string;
  progress: Progress;
  /** Further EXECUTION_LAYER_* settings of the policy service. */
  serviceSettings?: Record<string, string>;
}

export interface SignIn {
  email: string;
  password: string;
}

/** Policy service, mock ERP and n8n with the nodes, the credential and the workflows in it. */
export interface Stack {
  /** Folder of this run: databases and logs. */
  dataDir: string;
  service: RunningPolicyService;
  erp: RunningMockErp;
  n8n: RunningN8n;
  credentialId: string;
  /** Ids of the imported workflows in n8n. */
  workflows: Record<WorkflowName, string>;
  /** POST requests here. */
  webhookUrl: string;
  /** n8n's service token. */
  token: string;
  /** Holds every approver role. */
  approver: SignIn;
  /** Owner of the service token: may never approve what it asked for. */
  operator: SignIn;
}

const N8N_SCOPES = [
  'requests:propose',
  'requests:decide',
  'requests:execute',
  'requests:read',
  'audit:write',
  'audit:read',
];

/**
 * Starts everything, fresh. Whatever was started is stopped again when a part fails.
 * @throws PortTakenError before anything is started
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { ports, dataDir, progress } = options;
  await assertPortsFree({
    'policy service': ports.service,
    'mock ERP': ports.erp,
    n8n: ports.n8n,
  });
  const runtime = await ensureN8n(progress);
  const log = (name: string): string => join(dataDir, 'logs', `${name}.log`);

  const starting = {
    erp: startMockErp({
      port: ports.erp,
      dataDir: join(dataDir, 'mock-erp'),
      logFile: log('mock-erp'),
    }),
    service: startPolicyService({
      port: ports.service,
      erpUrl: `http://127.0.0.1:${ports.erp}`,
      callbackHosts: [`127.0.0.1:${ports.n8n}`],
      dataDir: join(dataDir, 'service'),
      logFile: log('policy-service'),
      settings: options.serviceSettings,
    }),
    n8n: startN8n({
      runtime,
      port: ports.n8n,
      userFolder: join(dataDir, 'n8n'),
      logFile: log('n8n'),
      ownerEmail: 'owner@demo.example',
    }),
  };
  try {
    const [erp, service, n8n] = await withProgress(
      progress,
      'Starting the policy service, the mock ERP and n8n',
      () => Promise.all([starting.erp, starting.service, starting.n8n]),
    );
    const people = await withProgress(progress, 'Creating people and the service token', () =>
      createIdentities(service),
    );
    const imported = await withProgress(progress, 'Importing and publishing the workflows', () =>
      importWorkflows(n8n, service.url, people.token),
    );
    return {
      dataDir,
      service,
      erp,
      n8n,
      ...people,
      ...imported,
      webhookUrl: `${n8n.url}/webhook/execution-layer`,
    };
  } catch (error) {
    const started = await Promise.allSettled(Object.values(starting));
    for (const part of started) {
      if (part.status === 'fulfilled') await stopChild(part.value.child);
    }
    throw error;
  }
}

/** Ends all processes of the stack. */
export async function stopStack(stack: Pick<Stack, 'service' | 'erp' | 'n8n'>): Promise<void> {
  await Promise.all([
    stopChild(stack.n8n.child),
    stopChild(stack.service.child),
    stopChild(stack.erp.child),
  ]);
}

async function createIdentities(
  service: RunningPolicyService,
): Promise<Pick<Stack, 'token' | 'approver' | 'operator'>> {
  const approver = { email: 'approver@demo.example', password: newPassword() };
  const operator = { email: 'operator@demo.example', password: newPassword() };
  await Promise.all([
    createPerson(service, {
      ...approver,
      name: 'Demo Approver',
      roles: ['finance_approver', 'operations_approver', 'reviewer'],
    }),
    createPerson(service, {
      ...operator,
      name: 'Demo Operator',
      roles: ['operator', 'auditor'],
    }),
  ]);
  const token = await createToken(service, {
    name: 'n8n',
    scopes: N8N_SCOPES,
    owner: operator.email,
  });
  return { token, approver, operator };
}

async function importWorkflows(
  n8n: RunningN8n,
  serviceUrl: string,
  token: string,
): Promise<Pick<Stack, 'credentialId' | 'workflows'>> {
  const credential = await n8n.client.createCredential(CREDENTIAL.name, CREDENTIAL.type, {
    baseUrl: serviceUrl,
    token,
  });
  const ids: [string, string][] = [];
  for (const name of WORKFLOW_NAMES) {
    const workflow = withCredential(readWorkflow(name), credential.id);
    ids.push([name, await n8n.client.publish(workflow)]);
  }
  return {
    credentialId: credential.id,
    workflows: Object.fromEntries(ids) as Record<WorkflowName, string>,
  };
}
