import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Router } from 'express';

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Playground</title>
<body style="font: 16px/1.5 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>The playground runs, its page is not built</h1>
<p>Run <code>npm run build:ui</code> and load this page again. The Web API under <code>/api/</code> works already.</p>`;

/** The built chat page, looked for at every load so that a build in another window is enough. */
export function pageRouter(uiDirectory: string | undefined): Router {
  const router = express.Router();
  if (uiDirectory !== undefined) router.use(express.static(uiDirectory, { index: false }));
  router.get(['/', '/archives/*rest'], (_request, response) => {
    response.set('X-Frame-Options', 'DENY').set('Cache-Control', 'no-store');
    if (uiDirectory !== undefined && existsSync(join(uiDirectory, 'index.html')))
      response.sendFile('index.html', { root: uiDirectory });
    else response.type('html').send(NOT_BUILT);
  });
  return router;
}
