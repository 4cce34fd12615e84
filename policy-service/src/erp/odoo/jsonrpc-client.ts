import { judgeStatus, type JsonTransport } from '../documents/json-transport';
import type { Json, JsonObject } from '../../domain/request/request';
import type { RpcAnswer, RpcCall, RpcClient, RpcOptions } from '../documents/rpc';
import { isObject, judgeError } from './errors';

export interface OdooCredentials {
  database: string;
  login: string;
  apiKey: string;
}

/** Odoo before 19: `execute_kw` on `/jsonrpc`, with the user's number and key in each call. */
export class JsonRpcClient implements RpcClient {
  readonly address: string;
  private userId: number | undefined;
  private calls = 0;

  constructor(
    private readonly transport: JsonTransport,
    private readonly credentials: OdooCredentials,
  ) {
    this.address = `${transport.address}/jsonrpc`;
  }

  async call(call: RpcCall, options: RpcOptions): Promise<RpcAnswer> {
    if (this.userId === undefined) {
      const signedIn = await this.signIn(options);
      if (signedIn !== undefined) return signedIn;
    }
    const { database, apiKey } = this.credentials;
    const { ids, ...named } = call.params as JsonObject;
    const positional: Json[] = ids === undefined ? [] : [ids];
    return this.post(
      'object',
      'execute_kw',
      [database, this.userId ?? null, apiKey, call.model, call.method, positional, named],
      call.writes,
      options,
    );
  }

  async ping(timeoutMs: number): Promise<boolean> {
    const call = { model: 'res.users', method: 'context_get', params: {}, writes: false };
    return (await this.call(call, { timeoutMs })).outcome === 'done';
  }

  /** @returns what stands in the way; undefined when the user is known */
  private async signIn(options: RpcOptions): Promise<RpcAnswer | undefined> {
    const { database, login, apiKey } = this.credentials;
    const answer = await this.post(
      'common',
      'authenticate',
      [database, login, apiKey, {}],
      false,
      options,
    );
    // Signing in writes nothing, whatever became of it.
    if (answer.outcome === 'unknown') return { ...answer, outcome: 'transient' };
    if (answer.outcome !== 'done') return answer;
    if (typeof answer.value !== 'number') {
      return { outcome: 'caller_error', message: 'Odoo does not accept the login and its key.' };
    }
    this.userId = answer.value;
    return undefined;
  }

  private async post(
    service: string,
    method: string,
    args: Json[],
    writes: boolean,
    options: RpcOptions,
  ): Promise<RpcAnswer> {
    const answer = await this.transport.post(
      {
        target: '/jsonrpc',
        headers: {},
        body: {
          jsonrpc: '2.0',
          id: (this.calls += 1),
          method: 'call',
          params: { service, method, args },
        },
        writes,
      },
      options,
    );
    if ('absent' in answer) return answer.absent;
    const { status, json } = answer;
    if (status !== 200) return judgeStatus(answer);
    if (isObject(json) && isObject(json['error'])) {
      const { data, message } = json['error'];
      return isObject(data) ? judgeError(data['name'], data['message']) : judgeError('', message);
    }
    // A method that returns nothing answers without a result.
    return isObject(json) && json['jsonrpc'] === '2.0'
      ? { outcome: 'done', value: json['result'] ?? null }
      : { outcome: 'unknown', message: 'The answer of Odoo is not readable.' };
  }
}
