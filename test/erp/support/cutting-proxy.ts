import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Forwards bytes to an ERP, and keeps the answer of a chosen request from its caller. The ERP gets
 * all of the request and must not notice that nobody waits any more.
 */
export class CuttingProxy {
  private marker: string | undefined;
  private then: 'cut' | 'hold' | 'down' = 'cut';
  private down = false;
  private readonly sockets = new Set<Socket>();
  /** Requests that were passed on and whose answers were kept back. */
  cuts = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(target: string): Promise<CuttingProxy> {
    const { hostname, port } = new URL(target);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port: own } = server.address() as AddressInfo;
    const proxy = new CuttingProxy(server, `http://127.0.0.1:${own}`);
    server.on('connection', (caller) => proxy.forward(caller, hostname, Number(port)));
    return proxy;
  }

  /**
   * The connection of the next request whose bytes hold the text is cut once it was passed on.
   * @param then `down`: from then on nobody answers, until {@link up}
   */
  cutAfter(text: string, then: 'cut' | 'down' = 'cut'): void {
    this.marker = text;
    this.then = then;
  }

  /** The ERP answers again. */
  up(): void {
    this.down = false;
  }

  /** The next request whose bytes hold the text is never answered. */
  holdAfter(text: string): void {
    this.marker = text;
    this.then = 'hold';
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private forward(caller: Socket, host: string, port: number): void {
    if (this.down) return void caller.on('error', () => undefined).destroy();
    const erp = connect(port, host);
    for (const socket of [caller, erp]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    }
    let seen = '';
    caller.on('data', (bytes) => {
      seen = (seen + bytes.toString('latin1')).slice(-200_000);
      erp.write(bytes);
      if (this.marker === undefined || !seen.includes(this.marker) || !isWhole(seen)) return;
      this.marker = undefined;
      this.cuts += 1;
      erp.removeAllListeners('data');
      erp.removeAllListeners('end');
      erp.resume();
      if (this.then === 'hold') return;
      caller.destroy();
      if (this.then !== 'down') return;
      this.down = true;
      // Idle connections too; the ERP itself goes on with what it was given.
      for (const open of this.sockets) if (open !== erp) open.destroy();
    });
    erp.on('data', (bytes) => caller.write(bytes));
    erp.on('end', () => caller.end());
    caller.on('end', () => erp.end());
  }
}

/** Whether the last request in the bytes has all of its body. */
function isWhole(bytes: string): boolean {
  const start = bytes.lastIndexOf('POST ');
  const request = bytes.slice(start);
  const body = request.indexOf('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(request)?.[1] ?? NaN);
  return body >= 0 && request.length - body - 4 >= length;
}
