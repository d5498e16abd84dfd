import express, { type Router } from 'express';
import { type ControlDependencies, control } from '../control/control.js';
import { Refusal } from '../workspace/refusal.js';
import { act } from './act.js';
import { onlyFromHere } from './guard.js';
import { snapshotFor } from './snapshot.js';

/** `/client` and `/control`: only for this machine's own page and programs, and only as JSON, which no foreign form can send. */
export function clientRouter(dependencies: ControlDependencies): Router {
  const { world } = dependencies;
  const router = express.Router();
  router.use(onlyFromHere(world.options.host));
  router.use(express.json({ limit: '1mb' }));
  router.post('/client/act', async (request, response) => {
    response.json(await act(world, request.body));
  });
  router.get('/client/snapshot', (request, response) => {
    const { user } = request.query;
    if (typeof user === 'string' && world.workspace.users.has(user)) response.json(snapshotFor(world, user));
    else response.status(404).json({ ok: false, error: 'user_not_found' });
  });
  router.post('/control/:name', async (request, response) => {
    try {
      response.json({ ok: true, ...(await control(dependencies, request.params.name, request.body)) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      response.status(400).json({ ok: false, error: error.code, detail: error.details.messages?.join('; ') });
    }
  });
  return router;
}
