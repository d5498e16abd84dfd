import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Response } from 'express';
import { AppError, codeOf, publicMessageOf } from '../../shared/index.js';
import { DatabaseUnavailable } from '../database/index.js';
import { currentTraceId, type Logger } from '../logging/index.js';

/** Whatever a route throws becomes a code and a sentence; the inside goes to the log. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) return;
    if (error instanceof HttpException) {
      response.status(error.getStatus()).json({ error: 'http.refused', message: error.message });
      return;
    }
    const status = error instanceof DatabaseUnavailable ? 503 : error instanceof AppError ? 400 : 500;
    if (status >= 500) this.logger.error('A route failed', error);
    response.status(status).json({ error: codeOf(error), message: publicMessageOf(error, currentTraceId()) });
  }
}
