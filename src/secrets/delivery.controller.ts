import { randomBytes } from 'node:crypto';
import { Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { AppError } from '../shared/index.js';
import { confirmBody, page, sorryBody, startBody, valueBody, WAIT_SCRIPT } from './delivery.view.js';
import { FailedAttempts } from './failed-attempts.js';
import { addressOf, guard } from './page-guard.js';
import { DELIVERY_TTL_SECONDS, DeliveryRefused, SecretDeliveries } from './secret-deliveries.js';
import { SecretStoreUnavailable } from './secret-store.js';

const COOKIE = 'qm_delivery';
/** Many people may share one address behind a proxy, so this is generous. */
const REFUSALS_ALLOWED = 200;

/** The pages behind a one-time link. A GET reveals nothing and changes nothing, because link previewers open links too. */
@Controller('secrets')
export class DeliveryController {
  private readonly refusals = new FailedAttempts(REFUSALS_ALLOWED, DELIVERY_TTL_SECONDS * 1000);

  constructor(private readonly deliveries: SecretDeliveries) {}

  @Get(':token')
  async open(@Param('token') token: string, @Res() response: Response): Promise<void> {
    await this.answer(response, async (nonce) => {
      const { state, title, secondsLeft } = await this.deliveries.look(token);
      if (state !== 'issued')
        throw new DeliveryRefused('This link was opened already. Ask for a new one from the card.');
      const minutesLeft = Math.max(1, Math.round(secondsLeft / 60));
      return page({ title: 'Your credentials', nonce, body: startBody(title, minutesLeft) });
    });
  }

  @Post(':token')
  @HttpCode(200)
  async begin(
    @Param('token') token: string,
    @Headers('cookie') cookies: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    await this.answer(response, async (nonce) => {
      const { number, browserToken } = await this.deliveries.begin(token, browserTokenIn(cookies));
      response.cookie(COOKIE, browserToken, {
        httpOnly: true,
        sameSite: 'strict',
        secure: this.deliveries.overHttps,
        path: `/secrets/${token}`,
        maxAge: DELIVERY_TTL_SECONDS * 1000,
      });
      return page({ title: 'Confirm in Slack', nonce, body: confirmBody(number), script: WAIT_SCRIPT });
    });
  }

  /** The header can't be sent by a foreign page's form. 202: not confirmed yet. 503: the store rests, ask again. */
  @Post(':token/value')
  @HttpCode(200)
  async value(
    @Param('token') token: string,
    @Headers('cookie') cookies: string | undefined,
    @Headers('x-requested-with') from: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    guard(response, randomBytes(16).toString('base64'));
    const browserToken = browserTokenIn(cookies);
    if (from !== 'quartermaster' || browserToken === undefined) {
      const sentence = 'This browser did not open the link. Ask for a new one from the card.';
      response.status(403).type('text/plain').send(sentence);
      return;
    }
    try {
      this.refuseGuessers(response);
      const data = await this.deliveries.collect(token, browserToken);
      if (data === null) response.status(202).end();
      else response.type('text/html').send(valueBody(data));
    } catch (error) {
      const { status, sentence } = this.refusal(error, response);
      response.status(status).type('text/plain').send(sentence);
    }
  }

  private async answer(response: Response, make: (nonce: string) => Promise<string>): Promise<void> {
    const nonce = randomBytes(16).toString('base64');
    guard(response, nonce);
    try {
      this.refuseGuessers(response);
      response.type('text/html').send(await make(nonce));
    } catch (error) {
      const { status, sentence } = this.refusal(error, response);
      const body = page({ title: 'Nothing to show', nonce, body: sorryBody(sentence) });
      response.status(status).type('text/html').send(body);
    }
  }

  private refuseGuessers(response: Response): void {
    if (this.refusals.isExhausted(addressOf(response)))
      throw new DeliveryRefused('Too many links from here did not work. Wait ten minutes, then ask for a new one.');
  }

  /** What isn't ours to explain goes on to the error filter. */
  private refusal(error: unknown, response: Response): { status: number; sentence: string } {
    if (!(error instanceof AppError)) throw error;
    if (error instanceof SecretStoreUnavailable) return { status: 503, sentence: error.publicMessage };
    if (this.refusals.isExhausted(addressOf(response))) return { status: 429, sentence: error.publicMessage };
    if (error instanceof DeliveryRefused) this.refusals.count(addressOf(response));
    return { status: 410, sentence: error.publicMessage };
  }
}

function browserTokenIn(cookies = ''): string | undefined {
  return /(?:^|; )qm_delivery=([A-Za-z0-9_-]+)/.exec(cookies)?.[1];
}
