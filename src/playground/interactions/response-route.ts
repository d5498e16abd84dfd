import express, { type Router } from 'express';
import { Refusal } from '../workspace/refusal.js';
import type { World } from '../world.js';
import { respond } from './respond.js';

/** `response_url`: the app answers an interaction here, without a token. */
export function responseUrlRouter(world: World): Router {
  const router = express.Router();
  router.use(express.json({ limit: '1mb', type: () => true }));
  router.post('/:team/:token', (request, response) => {
    try {
      const target = world.responseUrls.use(request.params.token);
      const body: unknown = request.body;
      respond(world, target, typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {});
      response.type('text/plain').send('ok');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      response.status(error.details.status ?? 400).json({ ok: false, error: error.code });
    }
  });
  return router;
}
