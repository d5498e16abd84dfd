import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that loses the answer to one thing: what is sent arrives and is done, and then the line is dead. */
export class CuttableLine {
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();
  private wanted: { about: string; at: string } | null = null;
  /** How often it was cut. */
  cuts = 0;

  /** The same address, by way of here. */
  async lead(address: string): Promise<string> {
    const url = new URL(address);
    const target = { host: url.hostname, port: Number(url.port) };
    this.server = createServer((near) => {
      this.join(near, connect(target));
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const here = this.server.address();
    url.port = String(typeof here === 'object' && here !== null ? here.port : 0);
    return url.toString();
  }

  /** The next connection that speaks of this loses the answer to that. */
  cutAt(at: string, about: string): void {
    this.wanted = { about, at };
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server?.close();
    if (this.server?.listening === true) await once(this.server, 'close');
  }

  private join(near: Socket, far: Socket): void {
    let spokeOf = false;
    let isCut = false;
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (chunk: Buffer) => {
      const { wanted } = this;
      if (wanted !== null && chunk.includes(wanted.about)) spokeOf = true;
      if (wanted !== null && spokeOf && chunk.includes(wanted.at)) {
        this.wanted = null;
        this.cuts += 1;
        isCut = true;
      }
      far.write(chunk);
    });
    far.on('data', (chunk: Buffer) => {
      if (isCut) near.destroy();
      else near.write(chunk);
    });
  }
}
