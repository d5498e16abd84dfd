import { z } from 'zod';
import type { AnyAction, Labels } from '../../action.js';
import { labelsUnder } from '../../labels.js';
import { type HttpApis, listOf, nameFor, objectOf, server, textOf } from '../api/api.js';
import { thingAction } from '../api/thing.action.js';
import { EXAMPLE_SERVER, outputOf, uid } from './folder.action.js';

const MARK = 'quartermaster';
/** Grafana takes no longer ones. */
const LONGEST_TAG = 50;

const SAVE = ['api', 'dashboards', 'db'];

const input = z.strictObject({
  server,
  folder: uid,
  title: z.string().min(1).max(120),
  /** Panels, templating and so on, as Grafana exports it; id, uid and title are ours. */
  model: z.record(z.string(), z.json()).default({}),
});

/** A dashboard in a folder of Grafana, from its JSON model. Its uid follows from the key; a change by hand is drift. */
export function grafanaDashboardAction(apis: HttpApis): AnyAction {
  return thingAction({
    id: 'grafana:dashboard',
    title: 'Dashboard in Grafana',
    noun: 'dashboard',
    input,
    place: z.object({ server, uid: z.string(), title: z.string(), folder: z.string() }),
    output: z.object({ uid: z.string(), url: z.string() }),
    examples: [
      {
        title: 'On a server that is not on the list',
        input: { server: EXAMPLE_SERVER, folder: 'orders', title: 'Orders', model: { panels: [] } },
        plan: 'cannot',
      },
    ],
    describe: ({ title, folder }) => ({ name: title, details: [`In folder ${folder}`] }),
    placeOf: ({ server: at, title, folder }, key) => ({
      server: at,
      uid: key === null ? '' : nameFor(key),
      title,
      folder,
    }),
    connect: (place, context) => apis.connect(place.server, context),
    async find(api, place) {
      if (place.uid === '') {
        const query = { type: 'dash-db', folderUIDs: place.folder, query: place.title, limit: 100 };
        const same = listOf(await api.find(['api', 'search'], { query })).find(
          (found) => objectOf(found).title === place.title,
        );
        return same === undefined ? null : { isOurs: false, version: null, output: outputOf(place.server, same) };
      }
      const found = await api.find(['api', 'dashboards', 'uid', place.uid]);
      if (found === null) return null;
      const { meta, dashboard } = objectOf(found);
      const output = outputOf(place.server, { ...objectOf(dashboard), url: objectOf(meta).url });
      return { isOurs: true, version: textOf(objectOf(dashboard).version), output };
    },
    make: (api, wanted, { place, context }) =>
      api.send('POST', SAVE, { ...saved(wanted, place.uid, context.labels), overwrite: false }),
    // Its history in Grafana shows what was changed.
    change: (api, wanted, { place, context }) =>
      api.send('POST', SAVE, { ...saved(wanted, place.uid, context.labels), overwrite: true }),
    moves: (from, to) => from.server.url === to.server.url,
    remove: (api, { uid: gone }) => api.send('DELETE', ['api', 'dashboards', 'uid', gone], undefined, {}),
  });
}

function saved({ title, folder, model }: z.output<typeof input>, id: string, whose: Labels) {
  const tags = [...listOf(model.tags), MARK, ...tagsOf(whose)];
  const dashboard = { ...model, tags, id: null, uid: id, title };
  return { dashboard, folderUid: folder, message: 'Made by Quartermaster' };
}

/** `team:payments` and so on: dashboards are searched and listed by them. */
function tagsOf(labels: Labels): string[] {
  return Object.entries(labelsUnder('', labels)).map(([name, value]) => `${name}:${value}`.slice(0, LONGEST_TAG));
}
