import { randomBytes } from 'node:crypto';
import { Controller, Get, Headers, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { AppError } from '../shared/index.js';
import { confirmBody, page, sorryBody, startBody, valueBody, WAIT_SCRIPT } from './delivery.view.js';
import { DELIVERY_TTL_SECONDS, DeliveryRefused, SecretDeliveries } from './secret-deliveries.js';

const COOKIE = 'qm_delivery';

/** The pages behind a one-time link. A GET reveals nothing and changes nothing, because link previewers open links too. */
@Controller('secrets')
export class DeliveryController {
  constructor(private readonly deliveries: SecretDeliveries) {}

  @Get(':token')
  async open(@Param('token') token: string, @Res() response: Response): Promise<void> {
    await this.answer(response, async (nonce) => {
      const { state, subjectId, expiresAt } = await this.deliveries.look(token);
      if (state !== 'issued')
        throw new DeliveryRefused('This link was opened already. Ask for a new one from the card.');
      const minutesLeft = Math.max(1, Math.round((expiresAt.getTime() - Date.now()) / 60_000));
      return page({ title: 'Your credentials', nonce, body: startBody(subjectId, minutesLeft) });
    });
  }

  @Post(':token')
  async begin(@Param('token') token: string, @Res() response: Response): Promise<void> {
    await this.answer(response, async (nonce) => {
      const { number, browserToken } = await this.deliveries.begin(token);
      response.cookie(COOKIE, browserToken, {
        httpOnly: true,
        sameSite: 'strict',
        secure: response.req.secure,
        path: `/secrets/${token}`,
        maxAge: DELIVERY_TTL_SECONDS * 1000,
      });
      return page({ title: 'Confirm in Slack', nonce, body: confirmBody(number), script: WAIT_SCRIPT });
    });
  }

  /** The header can't be sent by a foreign page's form. 202: not confirmed yet. */
  @Post(':token/value')
  async value(
    @Param('token') token: string,
    @Headers('cookie') cookies: string | undefined,
    @Headers('x-requested-with') from: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    guard(response, 'none');
    const browserToken = new RegExp(`(?:^|; )${COOKIE}=([A-Za-z0-9_-]+)`).exec(cookies ?? '')?.[1];
    if (from !== 'quartermaster' || browserToken === undefined) {
      response
        .status(403)
        .type('text/plain')
        .send('This browser did not open the link. Ask for a new one from the card.');
      return;
    }
    try {
      const data = await this.deliveries.collect(token, browserToken);
      if (data === null) response.status(202).end();
      else response.type('text/html').send(valueBody(data));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      response.status(410).type('text/plain').send(error.publicMessage);
    }
  }

  private async answer(response: Response, make: (nonce: string) => Promise<string>): Promise<void> {
    const nonce = randomBytes(16).toString('base64');
    guard(response, nonce);
    try {
      response.type('text/html').send(await make(nonce));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      response
        .status(410)
        .type('text/html')
        .send(page({ title: 'Nothing to show', nonce, body: sorryBody(error.publicMessage) }));
    }
  }
}

function guard(response: Response, nonce: string): void {
  response.set({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  });
}
