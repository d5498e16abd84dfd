import express, { type Router } from 'express';
import type { World } from '../world.js';

const MAX_FILE = '10mb';

/** The second step of an upload: the bytes themselves, raw or as a form's file. Nothing but the address is needed. */
export function uploadRouter(world: World): Router {
  const router = express.Router();
  router.post('/v1/:id', express.raw({ type: () => true, limit: MAX_FILE }), (request, response) => {
    const file = world.workspace.files.get(request.params.id);
    if (file === undefined || file.complete) {
      response.status(404).send('no such upload');
      return;
    }
    const bytes = bytesOf(request.body as Buffer, request.headers['content-type'] ?? '');
    file.contentBase64 = bytes.toString('base64');
    file.size = bytes.length;
    response.type('text/plain').send(`OK - ${bytes.length}`);
  });
  return router;
}

/** The bytes, taken out of a form's first part if that is how they came. */
function bytesOf(body: Buffer, contentType: string): Buffer {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)/u.exec(contentType)?.[1];
  if (boundary === undefined) return body;
  const start = body.indexOf('\r\n\r\n') + 4;
  const end = body.indexOf(`\r\n--${boundary}`, start);
  return body.subarray(start, end < 0 ? undefined : end);
}

/** Downloads never run in the browser as a page of the playground: always as an attachment of its own type. */
export function downloadRouter(world: World): Router {
  const router = express.Router();
  router.get('/:id/:name', (request, response) => {
    const file = world.workspace.files.get(request.params.id);
    if (file?.complete !== true) {
      response.status(404).type('text/plain').send('There is no such file.');
      return;
    }
    response
      .set('X-Content-Type-Options', 'nosniff')
      .attachment(file.name)
      .type(file.mimetype)
      .send(Buffer.from(file.contentBase64, 'base64'));
  });
  return router;
}
