import { randomBytes } from 'node:crypto';
import { Controller, Get, Headers, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../shared/index.js';
import { page, sorryBody } from './delivery.view.js';
import { FailedAttempts } from './failed-attempts.js';
import { INTAKE_SCRIPT, intakeFieldBody, intakeNumberBody, intakeStartBody } from './intake.view.js';
import { addressOf, guard } from './page-guard.js';
import { GivenValueRefused, INTAKE_TTL_SECONDS, IntakeRefused, SecretIntakes } from './secret-intakes.js';
import { SecretStoreUnavailable } from './secret-store.js';

const COOKIE = 'qm_intake';
/** Many people may share one address behind a proxy, so this is generous. */
const REFUSALS_ALLOWED = 200;
/** A key with its chain is a few thousand characters. */
const LONGEST_BYTES = 16_384;

class TooLong extends AppError {
  readonly code = 'secrets.given_value_too_long';
}

class NotThisBrowser extends AppError {
  readonly code = 'secrets.not_this_browser';
}

/** The pages on which a person gives a secret. A GET changes nothing, because link previewers open links too. */
@Controller('secrets/give')
export class IntakeController {
  private readonly refusals = new FailedAttempts(REFUSALS_ALLOWED, INTAKE_TTL_SECONDS * 1000);

  constructor(private readonly intakes: SecretIntakes) {}

  @Get(':token')
  async open(@Param('token') token: string, @Res() response: Response): Promise<void> {
    await this.answerPage(response, async (nonce) => {
      const intake = await this.intakes.look(token);
      if (intake.state !== 'issued')
        throw new IntakeRefused('This link was opened already. Ask for a new one in the form in Slack.');
      const minutesLeft = Math.max(1, Math.round(intake.secondsLeft / 60));
      return page({ title: 'Give a secret', nonce, body: intakeStartBody(intake, minutesLeft) });
    });
  }

  @Post(':token')
  @HttpCode(200)
  async begin(
    @Param('token') token: string,
    @Headers('cookie') cookies: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    await this.answerPage(response, async (nonce) => {
      const { number, browserToken } = await this.intakes.begin(token, browserTokenIn(cookies));
      response.cookie(COOKIE, browserToken, {
        httpOnly: true,
        sameSite: 'strict',
        secure: this.intakes.overHttps,
        path: `/secrets/give/${token}`,
        maxAge: INTAKE_TTL_SECONDS * 1000,
      });
      return page({ title: 'Confirm in Slack', nonce, body: intakeNumberBody(number), script: INTAKE_SCRIPT });
    });
  }

  /** 202: the number was not confirmed yet. The header can't be sent by a foreign page's form. */
  @Post(':token/field')
  @HttpCode(200)
  async field(
    @Param('token') token: string,
    @Headers('cookie') cookies: string | undefined,
    @Headers('x-requested-with') from: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    await this.answer(response, async () => {
      const intake = await this.intakes.isConfirmed(token, ownBrowser(cookies, from));
      if (intake === null) response.status(202).end();
      else response.type('text/html').send(intakeFieldBody(intake));
    });
  }

  /** The body is the value, and nothing else; no parser of ours or of Express ever sees it. */
  @Post(':token/value')
  @HttpCode(200)
  async value(
    @Param('token') token: string,
    @Headers('cookie') cookies: string | undefined,
    @Headers('x-requested-with') from: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.answer(response, async () => {
      const browserToken = ownBrowser(cookies, from);
      await this.intakes.give(token, browserToken, await textOf(request));
      response.type('text/plain').send('Kept.');
    });
  }

  private async answerPage(response: Response, make: (nonce: string) => Promise<string>): Promise<void> {
    const nonce = randomBytes(16).toString('base64');
    guard(response, nonce);
    try {
      this.refuseGuessers(response);
      response.type('text/html').send(await make(nonce));
    } catch (error) {
      const { status, sentence } = this.refusal(error, response);
      const body = page({ title: 'Nothing to do here', nonce, body: sorryBody(sentence, 'Nothing to do here') });
      response.status(status).type('text/html').send(body);
    }
  }

  private async answer(response: Response, work: () => Promise<void>): Promise<void> {
    guard(response, randomBytes(16).toString('base64'));
    try {
      this.refuseGuessers(response);
      await work();
    } catch (error) {
      const { status, sentence } = this.refusal(error, response);
      response.status(status).type('text/plain').send(sentence);
    }
  }

  private refuseGuessers(response: Response): void {
    if (this.refusals.isExhausted(addressOf(response)))
      throw new IntakeRefused('Too many links from here did not work. Wait ten minutes, then ask for a new one.');
  }

  /** What isn't ours to explain goes on to the error filter. */
  private refusal(error: unknown, response: Response): { status: number; sentence: string } {
    if (!(error instanceof AppError)) throw error;
    const sentence = error.publicMessage;
    if (error instanceof SecretStoreUnavailable) return { status: 503, sentence };
    if (error instanceof GivenValueRefused) return { status: 422, sentence };
    if (error instanceof TooLong) return { status: 413, sentence };
    if (error instanceof NotThisBrowser) return { status: 403, sentence };
    if (this.refusals.isExhausted(addressOf(response))) return { status: 429, sentence };
    if (error instanceof IntakeRefused) this.refusals.count(addressOf(response));
    return { status: 410, sentence };
  }
}

/** @throws NotThisBrowser */
function ownBrowser(cookies: string | undefined, from: string | undefined): string {
  const browserToken = browserTokenIn(cookies);
  if (from === 'quartermaster' && browserToken !== undefined) return browserToken;
  throw new NotThisBrowser('This browser did not open the link. Ask for a new one in the form in Slack.');
}

function browserTokenIn(cookies = ''): string | undefined {
  return /(?:^|; )qm_intake=([A-Za-z0-9_-]+)/.exec(cookies)?.[1];
}

async function textOf(request: Request): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    // It is read to its end, so that the answer arrives.
    if (length <= LONGEST_BYTES) pieces.push(piece);
  }
  if (length > LONGEST_BYTES)
    throw new TooLong(`That is longer than ${LONGEST_BYTES / 1024} KB. Nothing was kept; give something shorter.`);
  return Buffer.concat(pieces).toString('utf8');
}
