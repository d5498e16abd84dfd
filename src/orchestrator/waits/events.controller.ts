import { createHash, timingSafeEqual } from 'node:crypto';
import {
  BadRequestException,
  Body,
  Controller,
  Headers,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  PayloadTooLargeException,
  Post,
  UnauthorizedException,
} from '@nestjs/common';
import { ENV, type Env } from '../../config/index.js';
import { Ids, type Json } from '../../shared/index.js';
import { eventName } from '../actions/wait/event.action.js';
import { EventInbox } from './event-inbox.js';

const MOST_CHARACTERS = 32_768;

/** The door for events: `POST /events/<name>` with EVENTS_TOKEN as a bearer token. Closed while none is set. */
@Controller('events')
export class EventsController {
  constructor(
    private readonly inbox: EventInbox,
    private readonly ids: Ids,
    @Inject(ENV) private readonly env: Pick<Env, 'eventsToken'>,
  ) {}

  /** The same `Idempotency-Key` for the same name is the same event. */
  @Post(':name')
  @HttpCode(202)
  async receive(
    @Param('name') name: string,
    @Headers('authorization') authorization: string | undefined,
    @Headers('idempotency-key') delivery: string | undefined,
    @Body() body: unknown,
  ): Promise<{ received: boolean }> {
    const { eventsToken } = this.env;
    if (eventsToken === undefined) throw new NotFoundException('Events are not taken here: EVENTS_TOKEN is not set.');
    if (!isSame(authorization ?? '', `Bearer ${eventsToken}`))
      throw new UnauthorizedException('An event wants EVENTS_TOKEN as a bearer token.');
    if (!eventName.safeParse(name).success || (delivery ?? '').length > 200)
      throw new BadRequestException('The name of the event, or its key, is not valid.');
    const json = (body ?? null) as Json;
    if (JSON.stringify(json).length > MOST_CHARACTERS) throw new PayloadTooLargeException('The event is too large.');
    return { received: await this.inbox.receive(name, delivery ?? this.ids.token(16), json) };
  }
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
