import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { quantile } from './statistics';
import { answerMessages } from './worker';

/** What one round sends: the same POST again and again over kept-alive connections. */
export interface Load {
  url: string;
  connections: number;
  seconds: number;
  headers: Record<string, string>;
  body: string;
  /** Text that every answer must hold; any other answer, or any other status than 200, is an error. */
  expected: string;
}

export interface LoadResult {
  answers: number;
  perSecond: number;
  /** Milliseconds from sending to the last byte of the answer. */
  p50: number;
  p99: number;
}

answerMessages(async (load: Load): Promise<LoadResult> => {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const times: number[] = [];
  const startedAt = performance.now();
  const endAt = startedAt + load.seconds * 1000;
  const connection = async (): Promise<void> => {
    while (performance.now() < endAt) {
      const sentAt = performance.now();
      await send(load, agent);
      times.push(performance.now() - sentAt);
    }
  };
  try {
    await Promise.all(Array.from({ length: load.connections }, connection));
  } finally {
    agent.destroy();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    answers: times.length,
    perSecond: times.length / seconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  };
});

function send(load: Load, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...load.headers,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(load.body),
      'idempotency-key': randomUUID(),
    };
    const call = request(load.url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200 && text.includes(load.expected)) resolve();
        else
          reject(new Error(`${load.url} answered ${response.statusCode}: ${text.slice(0, 300)}`));
      });
    });
    call.on('error', reject);
    call.end(load.body);
  });
}
