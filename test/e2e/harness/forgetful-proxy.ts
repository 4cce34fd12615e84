import { createServer, request as send, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before the policy service and loses the answers of some proposals that it has made. */
export class ForgetfulProxy {
  private left = 0;

  private constructor(private readonly server: Server) {}

  static async start(target: string): Promise<ForgetfulProxy> {
    const server = createServer();
    const proxy = new ForgetfulProxy(server);
    server.on('request', (incoming, outgoing) => {
      const options = { method: incoming.method, headers: incoming.headers };
      const onward = send(new URL(incoming.url ?? '/', target), options, (answer) => {
        const lost =
          incoming.method === 'POST' && incoming.url === '/v1/requests' && proxy.left > 0;
        if (lost) {
          proxy.left -= 1;
          answer.resume().on('end', () => incoming.socket.destroy());
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => incoming.socket.destroy());
      incoming.pipe(onward);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next so many proposals are made without an answer. */
  lose(count: number): void {
    this.left = count;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
