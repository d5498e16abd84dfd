import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Headers, Inject, Res, UnauthorizedException } from '@nestjs/common';
import type { Response } from 'express';
import { ENV, type Env } from '../config/index.js';
import { Metrics } from './metrics.js';

/** `/metrics` in Prometheus' text format; behind a bearer token when METRICS_TOKEN is set. */
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    @Inject(ENV) private readonly env: Pick<Env, 'metricsToken'>,
  ) {}

  @Get()
  async read(@Headers('authorization') authorization: string | undefined, @Res() response: Response): Promise<void> {
    const { metricsToken } = this.env;
    if (metricsToken !== undefined && !same(authorization ?? '', `Bearer ${metricsToken}`)) {
      throw new UnauthorizedException('The metrics want METRICS_TOKEN as a bearer token.');
    }
    response.type(this.metrics.registry.contentType).send(await this.metrics.registry.metrics());
  }
}

function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
