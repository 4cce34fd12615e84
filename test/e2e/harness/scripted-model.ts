import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One tool call that the model makes; an argument `@2` is the `id` in the third tool result. */
export interface ScriptedCall {
  tool: string;
  args: Record<string, unknown>;
}

/** What the model does, turn by turn, before it says what it read. */
export type Script = ScriptedCall[][];

interface Message {
  role: string;
  content: unknown;
}

/**
 * A chat model that speaks OpenAI's chat completions and follows the script in the user's message.
 * It keeps no state: how far a conversation is, its tool results tell. Its last word is the list of
 * tool results as it read them, as JSON.
 */
export class ScriptedModel {
  /** After so many tool results the model fails, once for each time that it stands here. */
  private readonly failures: number[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ScriptedModel> {
    const server = createServer();
    const model = new ScriptedModel(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as {
          messages: Message[];
        };
        const failure = model.failures.indexOf(resultsIn(messages).length);
        if (failure >= 0) {
          model.failures.splice(failure, 1);
          response.writeHead(400, { 'content-type': 'application/json' });
          response.end(JSON.stringify({ error: { message: 'The model is not well.' } }));
          return;
        }
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(completion(messages)));
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return model;
  }

  /** Its next answer to a conversation with so many tool results is an error. */
  failAfter(results: number): void {
    this.failures.push(results);
  }

  /** Base URL for the credential. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

function completion(messages: Message[]): object {
  const text = messages.filter(({ role }) => role === 'user').map(({ content }) => textOf(content));
  const script = JSON.parse(text.at(-1) ?? '[]') as Script;
  const results = resultsIn(messages);
  const calls = nextCalls(script, results.length);
  const said = calls.map(({ tool, args }) => ({
    // As every provider's, other in each conversation: agents tell results apart by it.
    id: `call_${randomUUID()}`,
    type: 'function',
    function: { name: tool, arguments: JSON.stringify(filled(args, results)) },
  }));
  return {
    id: `chatcmpl-${results.length}`,
    object: 'chat.completion',
    created: 0,
    model: 'scripted',
    choices: [
      {
        index: 0,
        message:
          calls.length > 0
            ? { role: 'assistant', content: null, tool_calls: said }
            : { role: 'assistant', content: JSON.stringify(results) },
        finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
      },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}

function resultsIn(messages: Message[]): string[] {
  return messages.filter(({ role }) => role === 'tool').map(({ content }) => textOf(content));
}

function nextCalls(script: Script, answered: number): ScriptedCall[] {
  let before = 0;
  for (const turn of script) {
    if (before >= answered) return turn;
    before += turn.length;
  }
  return [];
}

function filled(args: Record<string, unknown>, results: string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const place = typeof value === 'string' ? /^@(\d+)$/.exec(value)?.[1] : undefined;
      return [name, place === undefined ? value : idIn(results[Number(place)])];
    }),
  );
}

function idIn(result = ''): unknown {
  const read = JSON.parse(result) as { id?: string } | { id?: string }[];
  return (Array.isArray(read) ? read[0] : read)?.id;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return (content as { text?: string }[]).map(({ text }) => text ?? '').join('');
}
