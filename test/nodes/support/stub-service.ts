import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

/** One call as the service received it. */
export interface ReceivedCall {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage['headers'];
  body: Json;
}

/**
 * What a call is answered with; `hang` never answers, `reset` cuts the connection, and `lost` does
 * what was asked before it cuts it.
 */
export type Answer =
  | { status: number; body: Json | string; type?: string; replayed?: boolean }
  | { broken: 'hang' | 'reset' | 'lost' };

export const TOKEN = 'el_test_token';

export const ACTIONS = [
  {
    id: 'vendor_payment.create',
    title: 'Pay vendor',
    description: 'Creates a payment to a vendor.',
    schema: {
      type: 'object',
      required: ['vendor_id', 'amount'],
      properties: {
        vendor_id: { type: 'string', title: 'Vendor' },
        amount: { type: 'string', title: 'Amount' },
        priority: { type: 'string', enum: ['low', 'high'] },
        quantity: { type: 'integer' },
        urgent: { type: 'boolean' },
        tags: { type: 'array' },
        address: { type: 'object' },
      },
    },
  },
  {
    id: 'inventory.read',
    title: 'Read inventory',
    description: 'Reads a stock.',
    schema: { type: 'object', properties: { sku: { type: 'string' } } },
  },
];

/** A policy service of a few lines, for what the nodes see of it: state, refusals, faults. */
export class StubService {
  readonly calls: ReceivedCall[] = [];
  readonly requests = new Map<string, Json & { id: string; state: string }>();
  readonly entries: Json[] = [];
  /** The state that the next command leads to. */
  outcomes: Record<string, string> = {
    validate: 'validated',
    decide: 'allowed',
    execute: 'executed',
    permits: 'executing',
    outcome: 'executed',
    compensate: 'awaiting_approval',
  };
  /** Answers instead of the service, where it gives an answer. */
  intercept: (call: ReceivedCall) => Answer | undefined = () => undefined;
  private readonly answered = new Map<string, { id: string; body: string }>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<StubService> {
    const server = createServer();
    const stub = new StubService(server);
    server.on('request', (request, response) => void stub.receive(request, response));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Stores a request as the service would hold it. */
  put(id: string, state: string, more: Json = {}): void {
    this.requests.set(id, { kind: 'action', ...more, id, state });
  }

  callsTo(ending: string): ReceivedCall[] {
    return this.calls.filter(({ path }) => path.endsWith(ending));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stub');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const call: ReceivedCall = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: text ? (JSON.parse(text) as Json) : {},
    };
    this.calls.push(call);
    const answer = this.intercept(call) ?? this.answer(call);
    if ('broken' in answer) {
      if (answer.broken === 'lost') this.answer(call);
      if (answer.broken !== 'hang') request.socket.destroy();
      return;
    }
    const { status, body } = answer;
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, {
      'content-type': answer.type ?? type,
      ...(answer.replayed ? { 'idempotent-replayed': 'true' } : {}),
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  private answer(call: ReceivedCall): Answer {
    if (call.headers.authorization !== `Bearer ${TOKEN}`) return problem(401, 'unauthenticated');
    const [, version, root, id, command] = call.path.split('/');
    if (version !== 'v1') return problem(404, 'not_found');
    if (root === 'actions') return this.listActions(call);
    if (root === 'audit') return this.audit(call);
    if (root !== 'requests') return problem(404, 'not_found');
    if (id === undefined) return call.method === 'GET' ? this.list(call) : this.propose(call);
    const request = this.requests.get(id);
    if (!request) return problem(404, 'not_found');
    if (call.method === 'GET') return this.read(request, call.query, command);
    return this.command(request, command ?? '', call);
  }

  private listActions(call: ReceivedCall): Answer {
    const q = call.query.q?.toLowerCase() ?? '';
    const items = ACTIONS.filter(({ id, title }) => `${id} ${title}`.toLowerCase().includes(q));
    return ok({ items });
  }

  /** Two requests a page; the cursor is the place where the next page begins. */
  private list({ query }: ReceivedCall): Answer {
    const wanted = [...this.requests.values()].filter(
      ({ needsPerson }) => query.needsPerson !== 'true' || needsPerson === true,
    );
    const from = Number(query.cursor ?? 0);
    const next = from + Math.min(2, Number(query.limit));
    const items = wanted.slice(from, next);
    return ok({ items, ...(next < wanted.length ? { nextCursor: String(next) } : {}) });
  }

  private propose(call: ReceivedCall): Answer {
    const key = call.headers['idempotency-key'] as string | undefined;
    if (!key) return problem(400, 'idempotency_key_missing');
    const known = this.answered.get(key);
    if (known) {
      if (known.body !== JSON.stringify(call.body)) return problem(422, 'idempotency_key_reused');
      return { ...ok(this.requests.get(known.id) as Json, 201), replayed: true };
    }
    const id = `req_${this.requests.size + 1}`;
    this.answered.set(key, { id, body: JSON.stringify(call.body) });
    const intent = call.body.intent ?? { action: 'vendor_payment.create', arguments: {} };
    this.put(id, 'extracted', { ...call.body, intent });
    return ok(this.requests.get(id) as Json, 201);
  }

  private read(
    request: Json & { id: string; state: string },
    query: Record<string, string>,
    part?: string,
  ): Answer {
    if (part !== 'timeline') return ok(request);
    const all = (request.events ?? [{ sequence: 0 }]) as Json[];
    const from = Number(query.from ?? 0);
    const items = all.slice(from, from + 2);
    const nextFrom = from + 2 < all.length ? from + 2 : undefined;
    return ok({ requestId: request.id, state: request.state, items, nextFrom });
  }

  private command(
    request: Json & { id: string; state: string },
    command: string,
    call: ReceivedCall,
  ): Answer {
    switch (command) {
      case 'validate':
        if (request.state !== 'extracted') return illegal(request.state);
        request.state = this.outcomes.validate as string;
        request.validation = { valid: request.state === 'validated', errors: [] };
        return ok(request);
      case 'decide':
        if (request.state !== 'validated') return illegal(request.state);
        request.state = this.outcomes.decide as string;
        request.decision = { effect: effectOf(request.state), reasons: [] };
        return ok(request);
      case 'execute':
        return this.execute(request);
      case 'permits':
        if (request.state !== 'allowed' && request.state !== 'approved') {
          return problem(409, 'not_executable', { request });
        }
        request.state = this.outcomes.permits as string;
        return ok(
          { id: 'pmt_1', permit: 'permit-1', requestId: request.id, arguments: { pieces: 3 } },
          201,
        );
      case 'outcome':
        if (call.body.permit !== 'permit-1') return problem(403, 'permit_invalid', { request });
        request.state = this.outcomes.outcome as string;
        return ok(request);
      case 'compensate': {
        if (request.state !== 'executed') return problem(409, 'illegal_transition', { request });
        const undo = {
          kind: 'compensation',
          compensates: request.id,
          decision: { effect: effectOf(this.outcomes.compensate as string), reasons: [] },
        };
        this.put('req_undo', this.outcomes.compensate as string, undo);
        return ok(this.requests.get('req_undo') as Json, 201);
      }
      case 'callbacks':
        request.resumeUrl = call.body.resumeUrl;
        return ok(request);
      case 'events':
        this.entries.push(call.body);
        return ok({ sequence: this.entries.length - 1, leafHash: 'ab' }, 201);
      default:
        return problem(404, 'not_found');
    }
  }

  private execute(request: Json & { state: string }): Answer {
    const executable = [
      'allowed',
      'approved',
      'executing',
      'executed',
      'failed',
      'outcome_unknown',
    ];
    if (!executable.includes(request.state)) {
      const extra = { state: request.state, reasons: [], request };
      return problem(409, 'not_executable', extra);
    }
    if (request.state === 'allowed' || request.state === 'approved') {
      request.state = this.outcomes.execute as string;
    }
    return ok(request);
  }

  private audit({ path, query }: ReceivedCall): Answer {
    if (path.endsWith('/verify')) return ok({ valid: true, size: 3, rootHash: 'cd', problems: [] });
    if (path.endsWith('/export')) {
      const body = '{"sequence":0}\n{"sequence":1}\n';
      return { status: 200, body, type: 'application/x-ndjson' };
    }
    const from = Number(query.from ?? 0);
    const items = this.entries.slice(from, from + Number(query.limit));
    const next = from + items.length;
    return ok({ items, ...(next < this.entries.length ? { nextFrom: next } : {}) });
  }
}

export function ok(body: Json, status = 200): Answer {
  return { status, body };
}

export function problem(status: number, code: string, extra: Json = {}): Answer {
  return {
    status,
    body: { type: 'about:blank', title: code, status, code, detail: `It was ${code}.`, ...extra },
  };
}

function illegal(state: string): Answer {
  return problem(409, 'illegal_transition', { state });
}

function effectOf(state: string): string {
  const effects: Record<string, string> = {
    allowed: 'allow',
    awaiting_approval: 'require_approval',
    recommended: 'recommend',
  };
  return effects[state] ?? 'block';
}
