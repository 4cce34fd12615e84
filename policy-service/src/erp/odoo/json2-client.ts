import { judgeStatus, type JsonTransport } from '../documents/json-transport';
import type { JsonObject } from '../../domain/request/request';
import type { RpcAnswer, RpcCall, RpcClient, RpcOptions } from '../documents/rpc';
import { isObject, judgeError } from './errors';

/** Odoo 19 and later: one address for each model and method, named arguments, a bearer key. */
export class Json2Client implements RpcClient {
  readonly address: string;

  constructor(
    private readonly transport: JsonTransport,
    private readonly database: string,
    private readonly apiKey: string,
  ) {
    this.address = `${transport.address}/json/2`;
  }

  async call(call: RpcCall, options: RpcOptions): Promise<RpcAnswer> {
    const answer = await this.transport.post(
      {
        target: `/json/2/${encodeURIComponent(call.model)}/${encodeURIComponent(call.method)}`,
        headers: {
          authorization: `bearer ${this.apiKey}`,
          'x-odoo-database': this.database,
        },
        body: call.params as JsonObject,
        writes: call.writes,
      },
      options,
    );
    if ('absent' in answer) return answer.absent;
    const { status, json } = answer;
    if (status === 200) {
      return json === undefined
        ? { outcome: 'unknown', message: 'The answer of Odoo is not readable.' }
        : { outcome: 'done', value: json };
    }
    // A proxy before Odoo answers no JSON with a name in it: only Odoo itself rolled back.
    const own = isObject(json) && typeof json['name'] === 'string';
    return own && status !== 429 && status !== 503
      ? judgeError(json['name'], json['message'])
      : judgeStatus(answer);
  }

  async ping(timeoutMs: number): Promise<boolean> {
    const call = { model: 'res.users', method: 'context_get', params: {}, writes: false };
    return (await this.call(call, { timeoutMs })).outcome === 'done';
  }
}
