import { createHmac, randomUUID } from 'node:crypto';
import { type Acknowledgement, DeliveryFailed, type InteractionKind, type Retry, type Transport } from './door.js';

export interface HttpTransportOptions {
  signingSecret: string;
  ackTimeoutMs: number;
  clock: () => number;
}

/** Brings deliveries to the app's request URL, signed as Slack signs them. */
export class HttpTransport implements Transport {
  constructor(
    public requestUrl: string,
    private readonly options: HttpTransportOptions,
  ) {}

  async interact(kind: InteractionKind, payload: Record<string, unknown>): Promise<Acknowledgement> {
    const fields = kind === 'slash_commands' ? textFields(payload) : { payload: JSON.stringify(payload) };
    const form = new URLSearchParams(fields).toString();
    return acknowledgementOf(await this.post(form, 'application/x-www-form-urlencoded'));
  }

  async event(envelope: Record<string, unknown>, retry: Retry | null): Promise<void> {
    const headers: Record<string, string> =
      retry === null ? {} : { 'X-Slack-Retry-Num': String(retry.number), 'X-Slack-Retry-Reason': retry.reason };
    await this.post(JSON.stringify(envelope), 'application/json', headers);
  }

  /** The handshake with which Slack makes sure that a request URL belongs to the app. */
  async verifyUrl(): Promise<boolean> {
    const challenge = randomUUID();
    const answer = await this.post(
      JSON.stringify({ type: 'url_verification', challenge, token: '' }),
      'application/json',
    );
    return answer.body.includes(challenge);
  }

  private async post(body: string, type: string, headers: Record<string, string> = {}): Promise<Answer> {
    const timestamp = String(Math.floor(this.options.clock() / 1000));
    const signature = createHmac('sha256', this.options.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    const signed = {
      'Content-Type': type,
      'User-Agent': 'Slackbot 1.0 (playground)',
      'X-Slack-Request-Timestamp': timestamp,
      'X-Slack-Signature': `v0=${signature}`,
      ...headers,
    };
    const answer = await this.send(body, signed);
    if (answer.status < 200 || answer.status > 299)
      throw new DeliveryFailed('http_error', `status ${answer.status}`, answer.noRetry);
    return answer;
  }

  private async send(body: string, headers: Record<string, string>): Promise<Answer> {
    const signal = AbortSignal.timeout(this.options.ackTimeoutMs);
    try {
      const response = await fetch(this.requestUrl, { method: 'POST', body, headers, signal, redirect: 'manual' });
      return {
        status: response.status,
        noRetry: response.headers.get('x-slack-no-retry') === '1',
        isJson: response.headers.get('content-type')?.includes('json') === true,
        body: await response.text(),
      };
    } catch {
      if (signal.aborted) throw new DeliveryFailed('http_timeout', 'no answer in time');
      throw new DeliveryFailed('connection_failed', 'no connection');
    }
  }
}

interface Answer {
  status: number;
  noRetry: boolean;
  isJson: boolean;
  body: string;
}

function acknowledgementOf(answer: Answer): Acknowledgement {
  const body = answer.body.trim();
  if (body === '') return { kind: 'empty' };
  if (!answer.isJson && !body.startsWith('{')) return { kind: 'text', text: body };
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) return { kind: 'json', body: parsed as Record<string, unknown> };
  } catch {
    return { kind: 'text', text: body };
  }
  return { kind: 'text', text: body };
}

const textFields = (payload: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)]));
