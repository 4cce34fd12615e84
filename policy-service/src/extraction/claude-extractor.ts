import Anthropic, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
} from '@anthropic-ai/sdk';
import { randomBytes } from 'node:crypto';
import { type ExtractionInput, ExtractionFailed, type Extractor } from '../application/ports';
import type { Action } from '../domain/catalogue/action';
import type { Intent } from '../domain/request/request';
import { readAnswer } from './claude/answer';
import { systemPrompt, userPrompt } from './claude/prompt';
import { TOOL_NAME, toolSchema } from './claude/tool';

export interface ClaudeOptions {
  apiKey: string;
  /** Model id; the default is a small current model. */
  model?: string;
  /** Address of the Messages API; the default is Anthropic's. */
  baseURL?: string;
  /** Must resolve with a whole answer of bounded size: what it gives is read to its end. */
  fetch: typeof fetch;
  /** Milliseconds for one attempt (default 20,000); a failed call is repeated up to twice. */
  timeoutMs?: number;
}

const DEFAULT_MODEL = 'claude-haiku-4-5';
const MAX_TOKENS = 2048;
const RETRIES = 2;

interface Prepared {
  system: string;
  schema: ReturnType<typeof toolSchema>;
}

/** Lets a Claude model read the text. Its answer is untrusted input and checked against the text. */
export class ClaudeExtractor implements Extractor {
  readonly name = 'claude';
  private readonly client: Anthropic;
  private readonly model: string;
  private readonly prepared = new WeakMap<Action[], Prepared>();

  constructor(options: ClaudeOptions) {
    this.model = options.model ?? DEFAULT_MODEL;
    this.client = new Anthropic({
      apiKey: options.apiKey,
      // Always explicit: the SDK would else let a variable of the environment redirect texts and key.
      baseURL: options.baseURL ?? 'https://api.anthropic.com',
      timeout: options.timeoutMs ?? 20_000,
      maxRetries: RETRIES,
      fetch: options.fetch,
      logLevel: 'off',
    });
  }

  async extract(input: ExtractionInput): Promise<Intent> {
    const message = await this.ask(input);
    if (message.stop_reason === 'refusal')
      throw new ExtractionFailed(
        'The model declined to read the text; submit the intent directly.',
      );
    if (message.stop_reason === 'max_tokens')
      throw new ExtractionFailed(
        'The answer of the model was cut off; shorten the text or submit the intent directly.',
      );
    const calls = Array.isArray(message.content)
      ? message.content.filter((block) => block.type === 'tool_use')
      : [];
    const [call] = calls;
    if (!call || calls.length > 1 || call.name !== TOOL_NAME)
      throw new ExtractionFailed(
        'The model did not answer in the asked form; try again or submit the intent directly.',
      );
    return readAnswer(call.input, input.text, input.actions, this.model);
  }

  private async ask({ text, actions }: ExtractionInput): Promise<Anthropic.Message> {
    const { system, schema } = this.prepare(actions);
    try {
      return await this.client.messages.create({
        model: this.model,
        max_tokens: MAX_TOKENS,
        system,
        messages: [
          { role: 'user', content: userPrompt(text, randomBytes(9).toString('base64url')) },
        ],
        tools: [
          {
            name: TOOL_NAME,
            description: 'Records the intent of the request.',
            input_schema: schema,
          },
        ],
        tool_choice: { type: 'tool', name: TOOL_NAME, disable_parallel_tool_use: true },
      });
    } catch (error) {
      throw new ExtractionFailed(sentence(error));
    }
  }

  private prepare(actions: Action[]): Prepared {
    const known = this.prepared.get(actions);
    if (known) return known;
    const fresh = { system: systemPrompt(actions), schema: toolSchema(actions) };
    this.prepared.set(actions, fresh);
    return fresh;
  }
}

/** Names the kind of failure only: an API's own words could repeat the text or a key. */
function sentence(error: unknown): string {
  if (error instanceof APIConnectionTimeoutError)
    return 'The model did not answer in time; try again later or submit the intent directly.';
  if (error instanceof APIConnectionError)
    return 'The model cannot be reached or gives no whole answer; check the network and the address, or submit the intent directly.';
  if (error instanceof APIError) {
    if (error.status === 401 || error.status === 403)
      return 'The API key for the model was refused; check it.';
    if (error.status === 404)
      return 'The model is not known to the API; check EXECUTION_LAYER_CLAUDE_MODEL.';
    if (error.status === 429)
      return 'The model is overloaded or its rate limit is reached; try again later.';
    if (error.status)
      return `The API of the model answered with status ${error.status}; try again later or submit the intent directly.`;
  }
  return 'The answer of the API could not be read; try again later or submit the intent directly.';
}
