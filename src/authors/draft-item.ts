import { join } from 'node:path';
import { itemParser } from '../catalog/index.js';
import { closest, readYamlFile, YamlDocument } from '../platform/documents/index.js';
import { accessParser } from '../policy/index.js';
import { AppError, SystemClock } from '../shared/index.js';
import { newItemYaml } from './new-item.js';
import { offlineActions } from './offline-actions.js';
import { weighExample } from './weigh-example.js';
import { SetClock, setUpWorkbench } from './workbench.js';

export interface ItemWish {
  readonly name?: string;
  readonly title?: string;
  readonly summary?: string;
  readonly owner?: string;
  readonly action?: string;
}

/** What was asked for can't be an item; the sentence says what to write instead. */
export class NoSuchDraft extends AppError {
  readonly code = 'authors.no_such_draft';
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const REVIEW_AFTER_DAYS = 180;
const DAY_MILLISECONDS = 86_400_000;

/** The text of a new item, with what the wish leaves open filled in from access.yaml. @throws NoSuchDraft */
export async function draftItem(catalogDir: string, wish: ItemWish): Promise<{ name: string; yaml: string }> {
  const { name = '' } = wish;
  if (!NAME.test(name) || name.length > 50)
    throw new NoSuchDraft('The name needs lower-case letters, digits and single hyphens, like “cache”: --name cache.');
  const access = await accessOf(catalogDir);
  const team = teamOf(access, wish.owner);
  const [person = 'somebody@example.test'] = [...team.leads.emails, ...team.members.emails];
  const title = wish.title ?? name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');
  const outsideProduction = access.environments.filter((one) => one !== 'production');
  const reviewBy = new Date(new SystemClock().now().getTime() + REVIEW_AFTER_DAYS * DAY_MILLISECONDS);
  const parts = {
    name,
    title,
    summary: wish.summary ?? `${title}, and what it is good for.`,
    owner: team.id,
    environments: outsideProduction.length > 0 ? outsideProduction : access.environments,
    reviewBy: reviewBy.toISOString().slice(0, 10),
    action: actionOf(wish.action ?? 'demo:progress'),
  };
  const example = { person, team: team.id };
  const decision = await decisionOn(catalogDir, newItemYaml({ ...parts, example: { ...example, decision: 'allow' } }));
  return { name, yaml: newItemYaml({ ...parts, example: { ...example, decision } }) };
}

/** What the rules say to the example of a new item, so that it passes from the beginning. */
async function decisionOn(catalogDir: string, yaml: string): Promise<string> {
  const read = YamlDocument.read(yaml, 'new.yaml');
  const parsed = read.ok ? itemParser.safeParse(read.document.value) : null;
  const [example] = parsed?.data?.examples ?? [];
  if (parsed?.success !== true || example === undefined)
    throw new NoSuchDraft(
      'With these words no good item can be written. Leave some of them out, and change the file afterwards.',
    );
  const bench = await setUpWorkbench(
    { catalogDir, runbooksDir: join(catalogDir, 'no-runbooks') },
    new SetClock(new SystemClock().now()),
  );
  const weighed = await weighExample({ ...parsed.data, digest: '', file: 'new.yaml' }, example, bench);
  return weighed.kind === 'invalid' ? 'invalid' : weighed.decision.outcome;
}

async function accessOf(catalogDir: string): Promise<ReturnType<typeof accessParser.parse>> {
  const { files } = await readYamlFile(join(catalogDir, 'access.yaml'));
  const read = YamlDocument.read(files[0]?.source ?? '', 'access.yaml');
  const parsed = read.ok ? accessParser.safeParse(read.document.value) : null;
  if (parsed?.success !== true)
    throw new NoSuchDraft(
      'access.yaml, which says what teams there are, cannot be read. Run npm run catalog:lint first.',
    );
  return parsed.data;
}

function teamOf({ teams }: Awaited<ReturnType<typeof accessOf>>, owner: string | undefined) {
  const ids = teams.map(({ id }) => id);
  const found = owner === undefined ? teams[0] : teams.find(({ id }) => id === owner);
  if (found === undefined)
    throw new NoSuchDraft(
      `There is no team “${owner ?? ''}” in access.yaml. There are ${ids.join(', ')}: --owner ${ids[0] ?? ''}.`,
    );
  return found;
}

function actionOf(id: string): Parameters<typeof newItemYaml>[0]['action'] {
  const actions = offlineActions();
  if (!actions.has(id)) {
    const known = actions.describe().map((action) => action.id);
    const near = closest(id, known);
    throw new NoSuchDraft(
      `There is no action “${id}”. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${known.join(', ')}.`}`,
    );
  }
  if (id === 'demo:progress')
    return { id, title: 'Prepare it', input: { label: 'Preparing ${{ params.name }}', ticks: 3 } };
  const { title, examples } = actions.get(id);
  return { id, title, input: examples[0]?.input ?? {} };
}
