import { pause } from './child';

/** A workflow as n8n exports it. */
export interface WorkflowFile {
  id?: string;
  name: string;
  nodes: WorkflowNode[];
  connections: Record<string, unknown>;
  settings?: Record<string, unknown>;
  [member: string]: unknown;
}

export interface WorkflowNode {
  id: string;
  name: string;
  type: string;
  typeVersion: number;
  position: [number, number];
  parameters: Record<string, unknown>;
  credentials?: Record<string, { id: string | null; name: string }>;
  [member: string]: unknown;
}

export interface N8nExecution {
  id: string;
  workflowId: string;
  /** running | waiting | success | error | crashed | canceled | new */
  status: string;
  [member: string]: unknown;
}

const ACTIVATION_MS = 120_000;

/** n8n's own REST interface, as the editor uses it, signed in as the owner. */
export class N8nClient {
  /** @param cookie of a sign-in that is still good */
  constructor(
    readonly url: string,
    readonly cookie: string,
  ) {}

  /** Makes the owner of a fresh instance. */
  static setUpOwner(url: string, owner: { email: string; password: string }): Promise<N8nClient> {
    const body = { firstName: 'Demo', lastName: 'Owner', ...owner };
    return N8nClient.signIn(url, '/rest/owner/setup', body);
  }

  /** Signs an existing owner in. */
  static login(url: string, owner: { email: string; password: string }): Promise<N8nClient> {
    const body = { emailOrLdapLoginId: owner.email, password: owner.password };
    return N8nClient.signIn(url, '/rest/login', body);
  }

  private static async signIn(url: string, path: string, body: unknown): Promise<N8nClient> {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`n8n ${path}: ${response.status} ${await response.text()}`);
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    return new N8nClient(url, cookies.join('; '));
  }

  /** One call; answers the `data` member. @throws Error with n8n's message on any other status than 2xx */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: { cookie: this.cookie, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`n8n ${method} ${path}: ${response.status} ${text}`);
    return (JSON.parse(text) as { data: T }).data;
  }

  createCredential(
    name: string,
    type: string,
    data: Record<string, unknown>,
  ): Promise<{ id: string }> {
    return this.call('POST', '/rest/credentials', { name, type, data });
  }

  /** Imports a workflow without publishing it; an id in it is kept. @returns its id */
  async create(workflow: WorkflowFile): Promise<string> {
    return (await this.draft(workflow)).id;
  }

  /** Imports a workflow and publishes it. Resolves when its webhooks answer. @returns its id */
  async publish(workflow: WorkflowFile): Promise<string> {
    const made = await this.draft(workflow);
    await this.call('POST', `/rest/workflows/${made.id}/activate`, { versionId: made.versionId });
    for (const node of workflow.nodes) {
      if (node.type === 'n8n-nodes-base.webhook') await this.webhookIsListening(node);
    }
    return made.id;
  }

  private draft(workflow: WorkflowFile): Promise<{ id: string; versionId: string }> {
    return this.call('POST', '/rest/workflows', { ...workflow, active: false });
  }

  async remove(workflowId: string): Promise<void> {
    await this.call('POST', `/rest/workflows/${workflowId}/deactivate`, {});
    await this.whenUnpublished('POST', `/rest/workflows/${workflowId}/archive`, {});
    await this.whenUnpublished('DELETE', `/rest/workflows/${workflowId}`);
  }

  /** Unpublishing is asynchronous: until it is done n8n answers 409. */
  private async whenUnpublished(method: string, path: string, body?: unknown): Promise<void> {
    const giveUpAt = Date.now() + ACTIVATION_MS;
    for (;;) {
      try {
        await this.call(method, path, body);
        return;
      } catch (error) {
        if (Date.now() > giveUpAt || !String(error).includes(': 409 ')) throw error;
        await pause(200);
      }
    }
  }

  /** Newest first. */
  async executions(workflowId: string): Promise<N8nExecution[]> {
    const filter = encodeURIComponent(JSON.stringify({ workflowId }));
    const page = await this.call<{ results: N8nExecution[] }>(
      'GET',
      `/rest/executions?filter=${filter}&limit=100`,
    );
    return page.results;
  }

  /** One execution with its data (n8n's flattened JSON, as a string). */
  execution(id: string): Promise<N8nExecution & { data: string }> {
    return this.call('GET', `/rest/executions/${id}`);
  }

  /** Publishing is asynchronous: a browser's question shows when the webhook is there, and runs nothing. */
  private async webhookIsListening(node: WorkflowNode): Promise<void> {
    const path = String(node.parameters['path']);
    const method = String(node.parameters['httpMethod'] ?? 'GET');
    const giveUpAt = Date.now() + ACTIVATION_MS;
    for (;;) {
      const response = await fetch(`${this.url}/webhook/${path}`, {
        method: 'OPTIONS',
        headers: { origin: this.url, 'access-control-request-method': method },
      });
      const methods = response.headers.get('access-control-allow-methods') ?? '';
      if (methods.split(', ').includes(method)) return;
      if (Date.now() > giveUpAt) {
        throw new Error(`n8n does not answer ${method} /webhook/${path} after publishing.`);
      }
      await pause(100);
    }
  }
}
