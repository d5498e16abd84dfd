import { Controller, Get, Header, HttpCode, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import { messageOf } from '../../shared/index.js';

export interface HealthCheck {
  name: string;
  /** Cheap, and answered within a second or so: an orchestrator asks every few seconds. */
  check(): Promise<{ ok: boolean; detail: string }>;
}

/** Injection token of the {@link HealthCheck}s that make up readiness. */
export const HEALTH_CHECKS = Symbol('HealthChecks');
const TIMEOUT_MILLISECONDS = 2_000;

/** `/health/live`: the process answers. `/health/ready`: database, Slack and secret store can be used; 503 names what can't. */
@Controller('health')
export class HealthController {
  constructor(@Inject(HEALTH_CHECKS) private readonly checks: readonly HealthCheck[]) {}

  @Get('live')
  @Header('cache-control', 'no-store')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async ready(
    @Res({ passthrough: true }) response: Response,
  ): Promise<{ status: 'ok' | 'unavailable'; checks: Record<string, { ok: boolean; detail: string }> }> {
    const results = await Promise.all(this.checks.map(async (check) => [check.name, await settle(check)] as const));
    const ok = results.every(([, result]) => result.ok);
    if (!ok) response.status(503);
    return { status: ok ? 'ok' : 'unavailable', checks: Object.fromEntries(results) };
  }
}

async function settle(check: HealthCheck): Promise<{ ok: boolean; detail: string }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ ok: boolean; detail: string }>((answer) => {
    timer = setTimeout(() => {
      answer({ ok: false, detail: `no answer within ${TIMEOUT_MILLISECONDS / 1000} s` });
    }, TIMEOUT_MILLISECONDS);
  });
  try {
    return await Promise.race([check.check(), late]);
  } catch (error) {
    return { ok: false, detail: messageOf(error) };
  } finally {
    clearTimeout(timer);
  }
}
