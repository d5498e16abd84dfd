import { z } from 'zod';
import type { AnyAction } from '../../action.js';
import { type HttpApis, listOf, nameFor, objectOf, server, textOf } from '../api/api.js';
import { thingAction } from '../api/thing.action.js';

export const uid = z.string().regex(/^[\w-]{1,40}$/, 'a uid of Grafana');
export const EXAMPLE_SERVER = { url: 'https://grafana.example.org', token: { ref: 'kv:grafana#1', field: 'token' } };

/** A folder of Grafana. Its uid follows from the key. */
export function grafanaFolderAction(apis: HttpApis): AnyAction {
  return thingAction({
    id: 'grafana:folder',
    title: 'Folder in Grafana',
    noun: 'folder',
    input: z.strictObject({ server, title: z.string().min(1).max(120), parent: uid.exactOptional() }),
    place: z.object({ server, uid: z.string(), title: z.string(), parent: z.string() }),
    output: z.object({ uid: z.string(), url: z.string() }),
    examples: [
      {
        title: 'On a server that is not on the list',
        input: { server: EXAMPLE_SERVER, title: 'Orders' },
        plan: 'cannot',
      },
    ],
    describe: ({ title }) => ({ name: title }),
    placeOf: ({ server: at, title, parent = '' }, key) => ({
      server: at,
      uid: key === null ? '' : nameFor(key),
      title,
      parent,
    }),
    connect: (place, context) => apis.connect(place.server, context),
    async find(api, place) {
      if (place.uid === '') {
        const query = { limit: 1000, ...(place.parent !== '' && { parentUid: place.parent }) };
        const same = listOf(await api.find(['api', 'folders'], { query })).find(
          (folder) => objectOf(folder).title === place.title,
        );
        return same === undefined ? null : { isOurs: false, version: null, output: outputOf(place.server, same) };
      }
      const found = await api.find(['api', 'folders', place.uid]);
      return found === null
        ? null
        : { isOurs: true, version: textOf(objectOf(found).title), output: outputOf(place.server, found) };
    },
    make: (api, { title, parent }, { place }) =>
      api.send('POST', ['api', 'folders'], {
        uid: place.uid,
        title,
        ...(parent !== undefined && { parentUid: parent }),
      }),
    change: (api, { title }, { place }) => api.send('PUT', ['api', 'folders', place.uid], { title, overwrite: true }),
    moves: (from, to) => from.server.url === to.server.url && from.parent === to.parent,
    // Grafana refuses while rules of other people are in it.
    remove: (api, { uid: gone }) => api.send('DELETE', ['api', 'folders', gone], undefined, {}),
  });
}

export function outputOf(at: z.output<typeof server>, found: unknown): { uid: string; url: string } {
  const { uid: id, url = '' } = objectOf(found as never);
  return { uid: textOf(id), url: URL.parse(textOf(url), at.url)?.href ?? '' };
}
