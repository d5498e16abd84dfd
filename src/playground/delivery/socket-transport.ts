import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { APP_ID } from '../workspace/workspace-seed.js';
import { type Acknowledgement, DeliveryFailed, type InteractionKind, type Retry, type Transport } from './door.js';

/** Slack's limit on open connections of one app. */
const MAX_CONNECTIONS = 10;
/** The client gives a connection up when it hears no ping for 30 s. */
const PING_MS = 5_000;
/** So long the app may take to close its end when the playground stops. */
const GOODBYE_MS = 500;

const frame = z.looseObject({ envelope_id: z.string(), payload: z.unknown().optional() });

interface Waiting {
  connection: WebSocket;
  resolve(payload: unknown): void;
  reject(error: DeliveryFailed): void;
}

/** Socket Mode: each envelope goes to exactly one of the app's open connections, in turn. */
export class SocketTransport implements Transport {
  private readonly connections: WebSocket[] = [];
  private readonly waiting = new Map<string, Waiting>();
  private readonly pings: NodeJS.Timeout;

  constructor(private readonly ackTimeoutMs: number) {
    this.pings = setInterval(() => {
      for (const connection of this.connections) connection.ping();
    }, PING_MS).unref();
  }

  accept(connection: WebSocket): void {
    if (this.connections.length >= MAX_CONNECTIONS) {
      connection.send(
        JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: { host: 'playground' } }),
      );
      connection.close();
      return;
    }
    this.connections.push(connection);
    connection.on('message', (data: Buffer) => {
      this.acknowledge(data.toString('utf8'));
    });
    connection.on('close', () => {
      this.forget(connection);
    });
    connection.on('error', () => {
      connection.close();
    });
    connection.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.connections.length,
        debug_info: { host: 'playground', build_number: 1, approximate_connection_time: 3600 },
        connection_info: { app_id: APP_ID },
      }),
    );
  }

  /** Slack closes a connection now and then and expects the app to come back. Answers how many there were. */
  refresh(): number {
    const open = [...this.connections];
    for (const connection of open) {
      connection.send(
        JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'playground' } }),
      );
      this.forget(connection);
      connection.close();
    }
    return open.length;
  }

  stop(): void {
    clearInterval(this.pings);
    for (const connection of [...this.connections]) {
      connection.close(1001);
      setTimeout(() => {
        connection.terminate();
      }, GOODBYE_MS).unref();
    }
  }

  async interact(kind: InteractionKind, payload: Record<string, unknown>): Promise<Acknowledgement> {
    const answer = await this.send(kind === 'options' ? 'interactive' : kind, payload, true, null);
    if (typeof answer === 'string') return answer === '' ? { kind: 'empty' } : { kind: 'text', text: answer };
    if (typeof answer === 'object' && answer !== null) return { kind: 'json', body: answer as Record<string, unknown> };
    return { kind: 'empty' };
  }

  async event(envelope: Record<string, unknown>, retry: Retry | null): Promise<void> {
    await this.send('events_api', envelope, false, retry);
  }

  private send(
    type: string,
    payload: Record<string, unknown>,
    takesAnswer: boolean,
    retry: Retry | null,
  ): Promise<unknown> {
    const connection = this.next();
    if (connection === undefined)
      return Promise.reject(new DeliveryFailed('connection_failed', 'no open Socket Mode connection'));
    const envelopeId = randomUUID();
    const reply = this.await(envelopeId, connection);
    connection.send(
      JSON.stringify({
        envelope_id: envelopeId,
        type,
        payload,
        accepts_response_payload: takesAnswer,
        ...(type === 'events_api' ? { retry_attempt: retry?.number ?? 0, retry_reason: retry?.reason ?? '' } : {}),
      }),
    );
    return reply;
  }

  /** In turn, so that what one connection left unanswered goes to another one the next time. */
  private next(): WebSocket | undefined {
    const connection = this.connections.shift();
    if (connection !== undefined) this.connections.push(connection);
    return connection;
  }

  private await(envelopeId: string, connection: WebSocket): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.get(envelopeId)?.reject(new DeliveryFailed('http_timeout', 'not acknowledged in time'));
      }, this.ackTimeoutMs);
      const settle = (): void => {
        clearTimeout(timer);
        this.waiting.delete(envelopeId);
      };
      this.waiting.set(envelopeId, {
        connection,
        resolve: (payload) => {
          settle();
          resolve(payload);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
    });
  }

  private acknowledge(text: string): void {
    try {
      const parsed = frame.safeParse(JSON.parse(text));
      if (parsed.success) this.waiting.get(parsed.data.envelope_id)?.resolve(parsed.data.payload);
    } catch {
      // Slack ignores what it cannot read.
    }
  }

  private forget(connection: WebSocket): void {
    const index = this.connections.indexOf(connection);
    if (index >= 0) this.connections.splice(index, 1);
    for (const waiting of [...this.waiting.values()])
      if (waiting.connection === connection)
        waiting.reject(new DeliveryFailed('connection_failed', 'the connection closed'));
  }
}
