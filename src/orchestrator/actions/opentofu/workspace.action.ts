import { z } from 'zod';
import { canonicalJson, digestOf } from '../../../shared/index.js';
import {
  ActionFailed,
  type AnyAction,
  type ApplyContext,
  defineAction,
  type Labels,
  type LookContext,
  type Made,
  type PlannedEffect,
} from '../../action.js';
import { labelsUnder } from '../../labels.js';
import type { PlannedChanges } from './planned-changes.js';
import type { Workspaces } from './workspace.js';
import {
  type Configuration,
  configuration,
  type WorkspaceState,
  workspaceInput,
  workspaceState,
} from './workspace-schemas.js';

type Input = z.output<typeof workspaceInput>;

/** What a module of OpenTofu or Terraform makes, with a state that is kept for the resource. */
export function opentofuWorkspaceAction(workspaces: Workspaces): AnyAction {
  return defineAction({
    id: 'opentofu:workspace',
    title: 'What a module makes',
    owns: true,
    changesInPlace: true,
    input: workspaceInput,
    output: z.object({ outputs: z.record(z.string(), z.json()), secretRef: z.string().optional() }),
    state: workspaceState,
    examples: [
      {
        title: 'Where there is no OpenTofu',
        input: { files: { 'main.tf': 'resource "terraform_data" "orders" {}' } },
        plan: 'cannot',
      },
    ],

    async plan(given, { labels, secrets, signal, made }) {
      assertSameWorkspace(given, made);
      const id = idOf(given, labels?.resourceId ?? 'unknown');
      try {
        return await workspaces.look(id, asked(given, labels), { secrets, signal }, async (tofu, kept) =>
          effectOf(given, await tofu.plan(), kept.text === null),
        );
      } catch (error) {
        if (!signal.aborted) throw error;
        return { kind: 'unknown', summary: 'Planning takes longer than people wait; it is planned when the step runs' };
      }
    },

    async intend(given, { idempotencyKey: key, labels, made }) {
      assertSameWorkspace(given, made);
      if (made !== null) return { ...made.state, configuration: asked(given, labels) };
      const workspace = idOf(given, labels.resourceId);
      const { text, applied, appliedBy } = await workspaces.kept(workspace);
      const formerly = text === null || appliedBy === key || applied === null ? null : configuration.parse(applied);
      return { workspace, key, configuration: asked(given, labels), formerly };
    },

    async apply(given, context) {
      const kept = context.intended;
      if (kept === null) throw new ActionFailed('What was there before is not known.', false);
      const now = asked(given, context.labels);
      return workspaces.hold(kept.workspace, now, context, async (held) => {
        const planned = await held.tofu.plan();
        for (const line of planned.lines) context.report(line);
        // What a change that did not work had made goes again.
        const isWayBack = context.made !== null && canonicalJson(kept.configuration) !== canonicalJson(now);
        if (!isWayBack) assertAllowed(given, planned);
        await held.noteApplied(now, kept.key);
        if (!planned.isEmpty) await held.apply();
        const { open, sensitive } = await held.tofu.outputs();
        const secretRef = await keptOutputs(context, kept, { values: sensitive, configuration: now });
        return {
          state: { ...kept, configuration: now },
          output: { outputs: open, ...(secretRef !== null && { secretRef }) },
        };
      });
    },

    async read(kept, context) {
      const { text } = await workspaces.kept(kept.workspace);
      if (text === null) return { exists: false, detail: 'nothing of it is there' };
      return workspaces.look(kept.workspace, kept.configuration, context, async (tofu) => {
        const { isEmpty, lines } = await tofu.plan();
        return {
          exists: true,
          detail: isEmpty ? 'it is there' : `it is there, but differs: ${lines.join('; ').slice(0, 1_000)}`,
        };
      });
    },

    async destroy(kept, context) {
      const { text, appliedBy } = await workspaces.kept(kept.workspace);
      if (text === null) {
        // A first attempt may have ended before anything was made.
        if (appliedBy === kept.key)
          await workspaces.hold(kept.workspace, kept.configuration, context, (held) => held.forget());
      } else if (kept.formerly === null) await takeAway(workspaces, kept, context);
      else if (appliedBy === kept.key) await putBack(workspaces, kept, kept.formerly, context);
      if (kept.formerly === null) await context.secrets.remove(`kv:${outputsPath(kept)}#1`);
    },
  });
}

/** @throws ActionFailed: its state is kept under that name */
function assertSameWorkspace(given: Input, made: Made<WorkspaceState> | null): void {
  if (made === null || made.state.workspace.endsWith(`:${given.workspace}`)) return;
  throw new ActionFailed('A workspace can’t be renamed. Request it anew and move over.', false);
}

/** Without the request, which another one tomorrow must not change everywhere. */
function asked(given: Input, labels: Labels | null): Configuration {
  return configuration.parse({
    ...given,
    labels: labels === null ? {} : labelsUnder('', { ...labels, requestId: '' }),
  });
}

/** A state is kept for one resource; another resource never meets it. */
function idOf({ workspace }: Input, resourceId: string): string {
  return `${resourceId}:${workspace}`;
}

function effectOf({ removals }: Input, planned: PlannedChanges, isNew: boolean): PlannedEffect {
  const { creates, changes, removes, isEmpty, lines } = planned;
  if (isEmpty) return { kind: 'none', summary: 'Everything is as the module says' };
  const counts = [
    ...(creates > 0 ? [`${creates} to make`] : []),
    ...(changes > 0 ? [`${changes} to change`] : []),
    ...(removes.length > 0 ? [`${removes.length} to take away or replace`] : []),
  ];
  const summary = counts.length === 0 ? 'Other outputs' : counts.join(', ');
  if (removes.length > 0 && removals === 'refuse') return { kind: 'cannot', summary: refusal(removes), details: lines };
  return { kind: isNew ? 'create' : 'change', summary, details: lines };
}

/** @throws ActionFailed */
function assertAllowed({ removals }: Input, { removes }: PlannedChanges): void {
  if (removes.length > 0 && removals === 'refuse') throw new ActionFailed(refusal(removes), false);
}

function refusal(removes: readonly string[]): string {
  return `It would take away or replace ${removes.slice(0, 5).join(', ')}, which this step may not. Nothing was changed.`;
}

/** Sensitive outputs go where secrets live; the same values again are not another version. */
async function keptOutputs(
  { secrets, idempotencyKey, made }: Pick<ApplyContext<WorkspaceState>, 'secrets' | 'idempotencyKey' | 'made'>,
  kept: WorkspaceState,
  { values, configuration: now }: { values: Record<string, string>; configuration: Configuration },
): Promise<string | null> {
  if (Object.keys(values).length === 0) return null;
  const [path, key, before] = [outputsPath(kept), `${idempotencyKey}:outputs`, made?.output.secretRef];
  if (typeof before !== 'string') return secrets.put(path, values, { idempotencyKey: key });
  if (canonicalJson(await secrets.get(before)) === canonicalJson(values)) return before;
  return secrets.put(path, values, { idempotencyKey: `${key}:${before}:${digestOf(now)}` });
}

function outputsPath({ workspace }: WorkspaceState): string {
  return `opentofu-outputs/${workspace.replace(/[^\w.-]/g, '_')}`;
}

type Doing = LookContext & { readonly report: (line: string) => void };

async function takeAway(workspaces: Workspaces, kept: WorkspaceState, context: Doing): Promise<void> {
  const { applied } = await workspaces.kept(kept.workspace);
  // What was applied last fits the state best, whoever applied it.
  const last = applied === null ? kept.configuration : configuration.parse(applied);
  await workspaces.hold(kept.workspace, last, context, async (held) => {
    const planned = await held.tofu.plan({ destroy: true });
    if (!planned.isEmpty) await held.apply();
    await held.forget();
  });
}

async function putBack(
  workspaces: Workspaces,
  kept: WorkspaceState,
  formerly: Configuration,
  context: Doing,
): Promise<void> {
  await workspaces.hold(kept.workspace, formerly, context, async (held) => {
    const planned = await held.tofu.plan();
    await held.noteApplied(formerly, `${kept.key}:undone`);
    if (!planned.isEmpty) await held.apply();
  });
}
