import { randomUUID } from 'node:crypto';
import { freePort } from '../../scripts/stack/ports';
import { pause } from '../../scripts/stack/child';
import type { WorkflowFile } from '../../scripts/stack/n8n-client';
import type { Progress } from '../../scripts/stack/progress';
import { startStack, stopStack, type Stack } from '../../scripts/stack/stack';
import { sendToWebhook } from '../../scripts/stack/webhook-client';
import { serviceTiming, type Timing } from './service-timing';
import { median, quantile } from './statistics';

/** Pairs of one pipeline request and one empty request in each round. */
const PAIRS = 10;
/** n8n still saves an execution, and the pipeline still logs, when the webhook has answered. */
const SETTLE_MS = 250;

export interface Times {
  /** Milliseconds from sending to the answer. */
  median: number;
  p90: number;
}

export interface N8nResult {
  requests: number;
  pipeline: Times;
  /** A webhook that leads to a No Operation node. */
  empty: Times;
  /** Median of the pipeline / median of the empty workflow. */
  ratio: number;
  /** What the service's own metrics say about one pipeline request. */
  service: {
    calls: number;
    /** Milliseconds, the ERP's share of the execution included. */
    milliseconds: number;
    /** Of the time that the caller of the webhook waits. */
    share: number;
    byRoute: Record<string, number>;
  };
}

/**
 * Measures an allowed inventory request through the shipped pipeline, one at a time.
 * @throws Error when a request does not end as executed
 */
export async function benchN8n(options: {
  dataDir: string;
  rounds: number;
  progress: Progress;
}): Promise<N8nResult> {
  const { progress } = options;
  const stack = await startStack({
    ports: { service: await freePort(), erp: await freePort(), n8n: await freePort() },
    dataDir: options.dataDir,
    progress,
  });
  try {
    await stack.n8n.client.publish(EMPTY_WORKFLOW);
    progress('Warming up n8n ...');
    for (let turn = 0; turn < PAIRS; turn += 1) await pair(stack);

    const before = await serviceTiming(stack.service.url);
    const pairs: { pipeline: number; empty: number }[] = [];
    for (let turn = 1; turn <= options.rounds; turn += 1) {
      for (let count = 0; count < PAIRS; count += 1) pairs.push(await pair(stack));
      const last = pairs.slice(-PAIRS);
      progress(
        `n8n, round ${turn} of ${options.rounds}: ` +
          `pipeline ${Math.round(median(last.map(({ pipeline }) => pipeline)))} ms, ` +
          `empty workflow ${Math.round(median(last.map(({ empty }) => empty)))} ms`,
      );
    }
    return result(pairs, before, await serviceTiming(stack.service.url));
  } finally {
    await stopStack(stack);
  }
}

async function pair(stack: Stack): Promise<{ pipeline: number; empty: number }> {
  const key = randomUUID();
  const pipeline = await timed(async () => {
    const { status, body } = await sendToWebhook(stack.webhookUrl, REQUEST, {
      'idempotency-key': key,
    });
    if (body.state !== 'executed') {
      throw new Error(`The pipeline answered ${status}: ${JSON.stringify(body).slice(0, 300)}`);
    }
  });
  const empty = await timed(async () => {
    const { status } = await sendToWebhook(`${stack.n8n.url}/webhook/${EMPTY_PATH}`, REQUEST);
    if (status !== 200) throw new Error(`The empty workflow answered ${status}.`);
  });
  return { pipeline, empty };
}

/** Milliseconds of one call; n8n is left to finish behind the answer before the next is sent. */
async function timed(call: () => Promise<void>): Promise<number> {
  const sentAt = performance.now();
  await call();
  const milliseconds = performance.now() - sentAt;
  await pause(SETTLE_MS);
  return milliseconds;
}

function result(
  pairs: { pipeline: number; empty: number }[],
  before: Timing,
  after: Timing,
): N8nResult {
  const pipeline = pairs.map((one) => one.pipeline);
  const empty = pairs.map((one) => one.empty);
  const byRoute: Record<string, number> = {};
  let calls = 0;
  let milliseconds = 0;
  for (const [route, { count, seconds }] of after) {
    const earlier = before.get(route) ?? { count: 0, seconds: 0 };
    if (!route.includes('/v1/') || count === earlier.count) continue;
    // The pipeline logs its answer once it has given it: nobody waits for that.
    if (route.endsWith('/events')) continue;
    const each = ((seconds - earlier.seconds) * 1000) / pairs.length;
    byRoute[route] = each;
    calls += (count - earlier.count) / pairs.length;
    milliseconds += each;
  }
  const waited = pipeline.reduce((sum, one) => sum + one, 0) / pairs.length;
  return {
    requests: pairs.length,
    pipeline: { median: median(pipeline), p90: quantile(pipeline, 0.9) },
    empty: { median: median(empty), p90: quantile(empty, 0.9) },
    ratio: median(pipeline) / median(empty),
    service: { calls, milliseconds, share: milliseconds / waited, byRoute },
  };
}

const REQUEST = {
  request_text: 'Increase inventory for item SKU-1001 by 25 units in warehouse WH-01',
  source: 'bench',
  requested_by: 'ana@example.com',
};

const EMPTY_PATH = 'bench-empty';

const EMPTY_WORKFLOW: WorkflowFile = {
  name: 'Benchmark: empty',
  nodes: [
    {
      id: 'b6c3a8f0-5b1e-4d0c-9b0e-2f6f7f0c1a01',
      name: 'Webhook',
      type: 'n8n-nodes-base.webhook',
      typeVersion: 2.1,
      position: [0, 0],
      parameters: { httpMethod: 'POST', path: EMPTY_PATH, responseMode: 'lastNode', options: {} },
      webhookId: 'b6c3a8f0-5b1e-4d0c-9b0e-2f6f7f0c1a02',
    },
    {
      id: 'b6c3a8f0-5b1e-4d0c-9b0e-2f6f7f0c1a03',
      name: 'No Operation',
      type: 'n8n-nodes-base.noOp',
      typeVersion: 1,
      position: [240, 0],
      parameters: {},
    },
  ],
  connections: { Webhook: { main: [[{ node: 'No Operation', type: 'main', index: 0 }]] } },
  settings: { executionOrder: 'v1' },
};
