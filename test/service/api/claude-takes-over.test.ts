import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TestService } from '../harness';

const CANARY = 'sk-canary-that-must-not-leak';

/** Speaks the Messages API: answers with the first tool that is offered. */
const api = createServer((req, res) => {
  let text = '';
  req.on('data', (chunk: Buffer) => (text += chunk.toString()));
  req.on('end', () => {
    const asked = JSON.parse(text) as { model: string; tools: { name: string }[] };
    const input = {
      action: 'vendor_payment.create',
      arguments: { vendor_id: 'V-1001', amount: '700.00', currency: 'USD' },
      evidence: { vendor_id: 'V-1001', amount: '700', currency: 'USD' },
      confidence: 0.95,
      doubts: [],
    };
    res.setHeader('content-type', 'application/json');
    res.end(
      JSON.stringify({
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: asked.model,
        content: [{ type: 'tool_use', id: 'toolu_1', name: asked.tools[0]?.name, input }],
        stop_reason: 'tool_use',
        stop_sequence: null,
        usage: { input_tokens: 1, output_tokens: 1 },
      }),
    );
  });
});

let service: TestService;
beforeAll(async () => {
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  service = await TestService.start({
    ANTHROPIC_API_KEY: CANARY,
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
  });
});
afterAll(async () => {
  await service.stop();
  api.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
});

test('with an API key the Claude extractor proposes, and the same rules decide', async () => {
  const { body } = await service.propose('Settle 700 USD with V-1001, please.');
  expect(body).toMatchObject({
    state: 'extracted',
    intent: {
      action: 'vendor_payment.create',
      extractor: 'claude',
      arguments: { amount: '700.00' },
    },
  });
  await service.call(`/v1/requests/${body.id}/validate`, {});
  const decided = await service.call(`/v1/requests/${body.id}/decide`, {});
  expect(decided.body.state).toBe('allowed');
});

test('when the model cannot be asked, the request says so and the key is nowhere', async () => {
  api.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
  const { body } = await service.propose('Settle 700 USD with V-1001, please.');
  expect(body).toMatchObject({ state: 'extraction_failed', needsPerson: true });
  const everything = JSON.stringify([body, await service.timeline(body.id)]);
  expect(everything).not.toContain(CANARY);
});
