import { z } from 'zod';
import type { Json } from '../../../shared/index.js';
import type { AnyAction, Labels } from '../../action.js';
import { labelsUnder } from '../../labels.js';
import { type HttpApis, listOf, nameFor, objectOf, server, textOf } from '../api/api.js';
import { thingAction } from '../api/thing.action.js';
import { EXAMPLE_SERVER, uid } from './folder.action.js';

const RULES = ['api', 'v1', 'provisioning', 'alert-rules'];
const LOOK_BACK_SECONDS = 600;

const input = z.strictObject({
  server,
  folder: uid,
  group: z.string().min(1).max(120),
  title: z.string().min(1).max(120),
  datasource: uid,
  /** PromQL; its newest value is compared. */
  query: z.string().min(1).max(5_000),
  is: z.enum(['above', 'below']),
  threshold: z.number(),
  forMinutes: z.int().min(0).max(1_440).default(5),
  labels: z.record(z.string().regex(/^[a-zA-Z_]\w{0,60}$/), z.string().max(200)).default({}),
  summary: z.string().max(500).default(''),
  runbookUrl: z.url({ protocol: /^https?$/ }).exactOptional(),
});

/** An alert rule of Grafana: a query, its newest value, a threshold. */
export function grafanaAlertRuleAction(apis: HttpApis): AnyAction {
  // Else the rule could not be edited by people any more.
  const rules = apis.with({ 'X-Disable-Provenance': 'true' });
  return thingAction({
    id: 'grafana:alert-rule',
    title: 'Alert rule in Grafana',
    noun: 'alert rule',
    input,
    place: z.object({ server, uid: z.string(), title: z.string(), folder: z.string() }),
    output: z.object({ uid: z.string(), title: z.string() }),
    examples: [
      {
        title: 'On a server that is not on the list',
        input: {
          server: EXAMPLE_SERVER,
          folder: 'orders',
          group: 'orders',
          title: 'Orders fail',
          datasource: 'prometheus',
          query: 'sum(rate(http_errors_total[5m]))',
          is: 'above',
          threshold: 0.05,
        },
        plan: 'cannot',
      },
    ],
    describe: ({ title, query, is, threshold, forMinutes }) => ({
      name: title,
      details: [`Fires when ${query} is ${is} ${threshold} for ${forMinutes} minutes.`],
    }),
    placeOf: ({ server: at, title, folder }, key) => ({
      server: at,
      uid: key === null ? '' : nameFor(key),
      title,
      folder,
    }),
    connect: (place, context) => rules.connect(place.server, context),
    async find(api, place) {
      if (place.uid !== '') {
        const found = await api.find([...RULES, place.uid]);
        return found === null
          ? null
          : { isOurs: true, version: textOf(objectOf(found).updated), output: outputOf(found) };
      }
      const same = listOf(await api.find(RULES)).find(
        (rule) => objectOf(rule).title === place.title && objectOf(rule).folderUID === place.folder,
      );
      return same === undefined ? null : { isOurs: false, version: null, output: outputOf(same) };
    },
    make: (api, wanted, { place, context }) => api.send('POST', RULES, ruleFor(wanted, place.uid, context.labels)),
    change: (api, wanted, { place, context }) =>
      api.send('PUT', [...RULES, place.uid], ruleFor(wanted, place.uid, context.labels)),
    moves: (from, to) => from.server.url === to.server.url,
    remove: (api, place) => api.send('DELETE', [...RULES, place.uid], undefined, {}),
  });
}

function ruleFor(wanted: z.output<typeof input>, id: string, whose: Labels): Json {
  const { folder, group, title, datasource, query, is, threshold, forMinutes, labels, summary, runbookUrl } = wanted;
  const relativeTimeRange = { from: LOOK_BACK_SECONDS, to: 0 };
  const expression = (refId: string, model: Record<string, Json>): Json => ({
    refId,
    datasourceUid: '__expr__',
    relativeTimeRange: { from: 0, to: 0 },
    model: { refId, ...model },
  });
  const evaluator = { type: is === 'above' ? 'gt' : 'lt', params: [threshold] };
  return {
    uid: id,
    title,
    folderUID: folder,
    ruleGroup: group,
    condition: 'C',
    data: [
      { refId: 'A', datasourceUid: datasource, relativeTimeRange, model: { refId: 'A', expr: query, instant: true } },
      expression('B', { type: 'reduce', reducer: 'last', expression: 'A' }),
      expression('C', { type: 'threshold', expression: 'B', conditions: [{ evaluator }] }),
    ],
    for: `${forMinutes}m`,
    noDataState: 'NoData',
    execErrState: 'Error',
    // With names of their own: notifications are routed by labels.
    labels: { ...labels, made_by: 'quartermaster', ...labelsUnder('quartermaster_', whose) },
    annotations: { summary, ...(runbookUrl !== undefined && { runbook_url: runbookUrl }) },
  };
}

function outputOf(rule: Json): { uid: string; title: string } {
  const { uid: id, title } = objectOf(rule);
  return { uid: textOf(id), title: textOf(title) };
}
