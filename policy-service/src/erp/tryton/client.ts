import type { Clock } from '../../application/ports';
import type { Json } from '../../domain/request/request';
import { cutText } from '../../domain/request/storable';
import { judgeStatus, JsonTransport, type JsonAnswer } from '../documents/json-transport';
import type { RpcAnswer, RpcCall, RpcClient, RpcOptions } from '../documents/rpc';
import { TrytonSession, type Credentials } from './session';
import { plain } from './values';

const MAX_SENTENCE = 500;
/** Errors by which Tryton refuses on purpose, with a sentence for people. */
const REFUSALS = ['UserError', 'UserWarning'];
/** What a database says when two transactions were in each other's way. */
const IN_THE_WAY = /database is locked|could not serialize|deadlock detected/i;

/** JSON-RPC of a Tryton server. */
export class TrytonClient implements RpcClient {
  readonly address: string;
  private readonly target: string;
  private readonly session: TrytonSession;
  private calls = 0;

  constructor(
    private readonly transport: JsonTransport,
    credentials: Credentials,
    clock: Clock,
  ) {
    this.target = `/${encodeURIComponent(credentials.database)}/`;
    this.address = `${transport.address}${this.target}`;
    this.session = new TrytonSession(transport, credentials, clock);
  }

  async call(call: RpcCall, options: RpcOptions): Promise<RpcAnswer> {
    const first = await this.once(call, options);
    // A session that ended is refused before the call is looked at: it can be made again.
    return first === 'stale' ? this.again(call, options) : first;
  }

  async ping(timeoutMs: number): Promise<boolean> {
    const call = { model: 'res.user', method: 'get_preferences', params: [true, {}] };
    return (await this.call({ ...call, writes: false }, { timeoutMs })).outcome === 'done';
  }

  private async again(call: RpcCall, options: RpcOptions): Promise<RpcAnswer> {
    const second = await this.once(call, options);
    if (second !== 'stale') return second;
    return { outcome: 'transient', message: 'Tryton ended a session that was just begun.' };
  }

  private async once(call: RpcCall, options: RpcOptions): Promise<RpcAnswer | 'stale'> {
    const signedIn = await this.session.authorization(options);
    if ('failed' in signedIn) return signedIn.failed;
    const answer = await this.transport.post(
      {
        target: this.target,
        headers: { authorization: signedIn.header },
        body: { id: (this.calls += 1), method: methodOf(call), params: call.params },
        writes: call.writes,
      },
      options,
    );
    if ('absent' in answer) return answer.absent;
    if (answer.status === 401) {
      this.session.forget(signedIn.header);
      return 'stale';
    }
    return judge(answer);
  }
}

/** Wizards are no models: their calls begin with `wizard`. */
function methodOf({ model, method }: RpcCall): string {
  return model.startsWith('wizard.') ? `${model}.${method}` : `model.${model}.${method}`;
}

/** An `error` instead of a `result` means that Tryton rolled its transaction back. */
function judge(answer: JsonAnswer): RpcAnswer {
  if (answer.status !== 200) return judgeStatus(answer);
  const { json } = answer;
  const readable = typeof json === 'object' && json !== null && !Array.isArray(json);
  if (readable && 'result' in json)
    return { outcome: 'done', value: plain(json['result'] ?? null) };
  if (readable && 'error' in json) return refusal(json['error'] ?? null);
  return { outcome: 'unknown', message: 'The answer of Tryton is not readable.' };
}

function refusal(error: Json): RpcAnswer {
  const [name, details] = Array.isArray(error) ? error : [];
  const refused = typeof name === 'string' && REFUSALS.includes(name);
  // A warning carries its own name before its sentence.
  const sentences = Array.isArray(details) ? details : [];
  const sentence = name === 'UserWarning' ? (sentences[1] ?? sentences[0]) : sentences[0];
  const text = refused && typeof sentence === 'string' ? sentence : String(name ?? 'unknown');
  if (!refused && IN_THE_WAY.test(text)) {
    return { outcome: 'transient', message: 'Tryton was in the middle of another change.' };
  }
  return refused
    ? { outcome: 'refused', message: `Tryton refused it: ${cutText(text, MAX_SENTENCE)}` }
    : {
        outcome: 'caller_error',
        message: `Tryton could not carry the call out: ${cutText(text, MAX_SENTENCE)}`,
      };
}
