import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { parse } from 'yaml';
import type {
  Connector,
  PerformInput,
  PerformResult,
} from '../../../policy-service/src/application/ports';
import type { JsonObject } from '../../../policy-service/src/domain/request/request';
import { parseHttp } from '../../../policy-service/src/erp/http/parse';
import { createHttpConnector } from '../../../policy-service/src/erp/http/http-connector';

export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
export const CONTEXT = { traceId: TRACE_ID };

const SHIPPED = path.join(__dirname, '../../../policy-service/connectors/mock-erp.yaml');

/** The shipped connector with short pauses and ample time for an answer, calling the given address. */
export function shippedConnector(url: string, overrides: JsonObject = {}): Connector {
  const file = {
    ...parse(fs.readFileSync(SHIPPED, 'utf8')),
    timeoutMs: 10_000,
    retry: { attempts: 4, initialDelayMs: 1, maxDelayMs: 5, totalMs: 30_000 },
    ...overrides,
  };
  return createHttpConnector(parseHttp(file, 'mock-erp.yaml'), {
    env: { EXECUTION_LAYER_MOCK_ERP_URL: url },
  });
}

/** Performs an operation as the service would, with one key for one request. */
export function perform(
  connector: Connector,
  operation: string,
  args: JsonObject,
  input: Partial<PerformInput> = {},
): Promise<PerformResult> {
  return connector.perform(
    {
      operation,
      step: 'the-step',
      arguments: args,
      requestId: 'req_1',
      idempotencyKey: 'key-1',
      done: {},
      ...input,
    },
    CONTEXT,
  );
}

export interface ReceivedCall {
  method: string;
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

type Behaviour = (res: http.ServerResponse, call: ReceivedCall, socket: Socket) => void;

/** A server that answers each call as the test says and keeps what it received. */
export class ScriptedServer {
  readonly received: ReceivedCall[] = [];
  private behaviours: Behaviour[] = [];

  private constructor(private readonly server: http.Server) {}

  static async start(): Promise<ScriptedServer> {
    const server = http.createServer();
    const scripted = new ScriptedServer(server);
    server.on('request', (req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => scripted.answer(req, res, Buffer.concat(chunks).toString()));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The last behaviour holds for every further call. */
  script(...behaviours: Behaviour[]): void {
    this.received.length = 0;
    this.behaviours = behaviours;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private answer(req: http.IncomingMessage, res: http.ServerResponse, body: string): void {
    const call = { method: req.method ?? '', url: req.url ?? '', headers: req.headers, body };
    const index = Math.min(this.received.length, this.behaviours.length - 1);
    this.received.push(call);
    this.behaviours[index]?.(res, call, req.socket);
  }
}

export const answers =
  (status: number, body: unknown, headers: http.OutgoingHttpHeaders = {}): Behaviour =>
  (res) => {
    res.writeHead(status, { 'content-type': 'application/json', ...headers });
    res.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };
export const cuts: Behaviour = (_res, _call, socket) => socket.destroy();
export const keepsSilent: Behaviour = () => undefined;
