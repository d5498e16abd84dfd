import { z } from 'zod';
import type { Json } from '../../../shared/index.js';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import { type Api, type HttpApis, listOf, nameFor, objectOf, textOf } from '../api/api.js';
import type { Time } from '../wait/waiting.js';
import { branch, connectGitHub, EXAMPLE_TOKEN, github, repository, under } from './github.js';
import { pollUntil } from './polling.js';

const RUNS_LOOKED_AT = 50;

const input = z.strictObject({
  server: github,
  repository,
  workflow: z.string().regex(/^[\w.-]{1,100}\.ya?ml$/, 'the name of its file, like deploy.yml'),
  ref: branch.default('main'),
  inputs: z.record(z.string().regex(/^[\w-]{1,60}$/), z.string().max(2_000)).default({}),
  /**
   * An input that the workflow shows in its `run-name`: our mark goes there, and tells our run from those of others. Without it the first
   * run that was dispatched after the step began counts as ours.
   */
  markInput: z
    .string()
    .regex(/^[\w-]{1,60}$/)
    .exactOptional(),
  everySeconds: z.int().min(1).max(600).default(10),
});

const state = z.object({
  server: github,
  repository,
  workflow: z.string(),
  ref: branch,
  /** The newest run before this step. */
  after: z.int(),
  mark: z.string().nullable(),
});

interface Run {
  readonly id: number;
  readonly url: string;
  readonly status: string;
  readonly conclusion: string;
}

/** Starts a workflow of GitHub Actions and follows it to its end. `destroy` cancels it while it runs. */
export function githubWorkflowAction(apis: HttpApis, time: Time): AnyAction {
  return defineAction({
    id: 'github:workflow',
    title: 'Workflow of GitHub Actions',
    input,
    output: z.object({ run: z.int(), url: z.string(), conclusion: z.string() }),
    state,
    examples: [
      {
        title: 'On a server that is not on the list',
        input: { server: EXAMPLE_TOKEN, repository: 'acme/orders', workflow: 'deploy.yml', inputs: { size: 'small' } },
        plan: 'cannot',
      },
    ],

    async plan({ server, repository: repo, workflow, ref, inputs }, context) {
      const found = await connectGitHub(apis, server, context).find(under(repo, 'actions', 'workflows', workflow));
      if (found === null)
        return { kind: 'cannot', summary: `${repo} has no workflow ${workflow}, or it may not be seen.` };
      if (objectOf(found).state !== 'active')
        return { kind: 'cannot', summary: `The workflow ${workflow} is switched off.` };
      const details = Object.entries(inputs).map(([name, value]) => `${name}: ${value}`);
      return { kind: 'change', summary: `Runs ${workflow} of ${repo} on ${ref}`, details };
    },

    async intend({ server, repository: repo, workflow, ref, markInput }, { idempotencyKey: key, ...context }) {
      const runs = await runsOf(connectGitHub(apis, server, context), { repository: repo, workflow, ref });
      const after = Math.max(0, ...runs.map(({ id }) => id));
      return { server, repository: repo, workflow, ref, after, mark: markInput === undefined ? null : nameFor(key) };
    },

    async apply(wanted, context) {
      const kept = context.intended;
      if (kept === null) throw new ActionFailed('What ran before is not known.', false);
      const api = connectGitHub(apis, wanted.server, context);
      const { repository: repo, workflow, ref, inputs, markInput, everySeconds } = wanted;
      if ((await ours(api, kept)) === undefined) {
        const marked = markInput === undefined || kept.mark === null ? inputs : { ...inputs, [markInput]: kept.mark };
        await api.send('POST', under(repo, 'actions', 'workflows', workflow, 'dispatches'), { ref, inputs: marked });
      }
      const ask = async (): Promise<Run | string> => {
        const run = await ours(api, kept);
        if (run === undefined) return `${workflow} was asked for and has not begun`;
        return run.status === 'completed' ? run : `${run.url} is ${run.status}`;
      };
      const { signal, report } = context;
      const run = await pollUntil(ask, { time, signal, report, everySeconds });
      if (run.conclusion !== 'success')
        throw new ActionFailed(`${workflow} ended as ${run.conclusion}: ${run.url}`, false);
      return { state: kept, output: { run: run.id, url: run.url, conclusion: run.conclusion } };
    },

    async read(kept, context) {
      const run = await ours(connectGitHub(apis, kept.server, context), kept);
      if (run === undefined) return { exists: false, detail: 'the run is not there' };
      return { exists: true, detail: `the run ${run.id} is ${run.conclusion === '' ? run.status : run.conclusion}` };
    },

    async destroy(kept, context) {
      const api = connectGitHub(apis, kept.server, { ...context, idempotencyKey: `${context.idempotencyKey}:cancel` });
      const run = await ours(api, kept);
      if (run === undefined || run.status === 'completed') return;
      // It may end in the same moment: then there is nothing to cancel.
      await api.send('POST', under(kept.repository, 'actions', 'runs', String(run.id), 'cancel'), undefined, {
        absent: [409],
      });
    },
  });
}

type Where = Pick<z.output<typeof state>, 'repository' | 'workflow' | 'ref'>;

async function runsOf(api: Api, { repository: repo, workflow, ref }: Where): Promise<(Run & { title: string })[]> {
  const query = { event: 'workflow_dispatch', branch: ref, per_page: RUNS_LOOKED_AT };
  const found = await api.find(under(repo, 'actions', 'workflows', workflow, 'runs'), { query });
  return listOf(objectOf(found).workflow_runs).map(asRun);
}

/** The oldest one since the step began that carries our mark. */
async function ours(api: Api, { after, mark, ...where }: z.output<typeof state>): Promise<Run | undefined> {
  const since = (await runsOf(api, where)).filter(
    ({ id, title }) => id > after && (mark === null || title.includes(mark)),
  );
  return since.sort((one, other) => one.id - other.id)[0];
}

function asRun(found: Json): Run & { title: string } {
  const { id, html_url: url, status, conclusion, display_title: title } = objectOf(found);
  return {
    id: Number(textOf(id)),
    url: textOf(url),
    status: textOf(status),
    conclusion: textOf(conclusion),
    title: textOf(title),
  };
}
