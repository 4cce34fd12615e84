import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { LoadResult } from '../load-process';
import { answerMessages } from '../worker';
import { timedCalls } from './timed-calls';

/** One round of executions: each request once, over kept-alive connections. */
export interface ExecuteLoad {
  serviceUrl: string;
  token: string;
  connections: number;
  /** Requests that are decided already. */
  requestIds: string[];
}

answerMessages(async (load: ExecuteLoad): Promise<LoadResult> => {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  try {
    return await timedCalls(load.requestIds, load.connections, (id) => execute(load, id, agent));
  } finally {
    agent.destroy();
  }
});

function execute({ serviceUrl, token }: ExecuteLoad, id: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const url = `${serviceUrl}/v1/requests/${id}/execute`;
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() };
    const call = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200 && text.includes('"state":"executed"')) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}: ${text.slice(0, 300)}`));
      });
    });
    call.on('error', reject);
    call.end();
  });
}
