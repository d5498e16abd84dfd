import { ToldLookups } from '../../test/fakes/told-lookups.js';
import type { Catalog, CatalogItem, OptionSource, ParametersSchema } from '../catalog/index.js';
import { Expressions } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { Metrics } from '../observability/index.js';
import type { GuardedHttp } from '../platform/http-client/index.js';
import type { Resource, Resources } from '../resources/index.js';
import type { JsonObject } from '../shared/index.js';
import { CheckChoices } from './check-choices.js';
import type { OptionAnswer } from './option.js';
import { OptionCache } from './option-cache.js';
import { OptionLoads } from './option-loads.js';
import { OptionSources } from './option-sources.js';
import { ActionOptions } from './sources/action-options.js';
import { CatalogOptions } from './sources/catalog-options.js';
import { HttpOptions } from './sources/http-options.js';
import { ResourceOptions } from './sources/resource-options.js';

const ada: Person = {
  id: 'U0ADA',
  email: 'ada@quartermaster.test',
  name: 'Ada',
  teams: [{ teamId: 'payments', relation: 'member' }],
  roles: [],
};
const nobody: Person = { ...ada, id: 'U0NOBODY', teams: [] };
const lookup: OptionSource = {
  from: 'action',
  action: 'git:branches',
  with: { repository: '${{ params.repository }}', who: '${{ user.email }}', where: '${{ request.environment }}' },
};

/** The parts as the module puts them together, on a clock that stands still until it is moved. */
class World {
  milliseconds = Date.UTC(2026, 10, 23, 14, 5);
  readonly clock = { now: () => new Date(this.milliseconds) };
  readonly lookups = new ToldLookups();
  readonly http = { answer: { status: 200, headers: {}, body: '[]' }, urls: [] as string[] };
  readonly own: Resource[] = [];
  private readonly expressions = new Expressions();
  private readonly cache = new OptionCache(this.clock, () => undefined);
  private readonly loads = new OptionLoads(
    new CatalogOptions({
      list: () => [item({}, 'shop', ['web']), item({}, 'draft', [], 'draft')],
    } as unknown as Catalog),
    new ResourceOptions(
      {
        listFor: () => Promise.resolve(this.own.filter(({ teamId }) => teamId === 'payments')),
        listVisible: () => Promise.resolve(this.own),
      } as unknown as Resources,
      this.expressions,
    ),
    new ActionOptions(this.lookups, this.expressions),
    new HttpOptions(
      {
        call: ({ url }: { url: string }) => {
          this.http.urls.push(url);
          return Promise.resolve(this.http.answer);
        },
      } as unknown as GuardedHttp,
      this.expressions,
    ),
    new Metrics(),
  );
  readonly sources = new OptionSources(this.loads, this.cache, this.expressions, new Metrics());
  private readonly checks = new CheckChoices(this.loads, this.cache, this.clock);

  find(
    source: OptionSource,
    values: JsonObject = {},
    more: { text?: string; person?: Person } = {},
  ): Promise<OptionAnswer> {
    return this.sources.find({
      item: item({ field: source }),
      field: 'field',
      text: more.text ?? '',
      person: more.person ?? ada,
      teamId: 'payments',
      environment: 'staging',
      otherValues: values,
    });
  }

  async problem(
    source: OptionSource,
    value: string,
    values: JsonObject = {},
    person = ada,
  ): Promise<string | undefined> {
    const parameters = { ...values, field: value };
    const asked = { item: item({ field: source }), person, teamId: 'payments', environment: 'staging', parameters };
    return (await this.checks.problems(asked))[0]?.message;
  }
}

function item(
  fields: Record<string, OptionSource>,
  name = 'release',
  tags: string[] = [],
  lifecycle: CatalogItem['lifecycle'] = 'active',
): CatalogItem {
  const optional = Object.entries(fields).map(([key, source]) => [
    key,
    { type: 'string', title: 'Field', 'x-options': source },
  ]);
  const parameters = {
    type: 'object',
    required: [],
    properties: { repository: { type: 'string', title: 'Repository' }, ...Object.fromEntries(optional) },
    additionalProperties: false,
  } as unknown as ParametersSchema;
  return {
    name,
    title: `The ${name}`,
    summary: 'Sums up',
    tags,
    lifecycle,
    parameters,
    digest: name,
  } as unknown as CatalogItem;
}

function resource(change: Partial<Resource>): Resource {
  return {
    id: 'res-1',
    kind: 'db',
    state: 'active',
    title: 'A database',
    teamId: 'payments',
    environment: 'staging',
    itemName: 'db',
    parameters: { name: 'orders' },
    outputs: {},
    ...change,
  } as Resource;
}

const values = ({ options }: OptionAnswer): string[] => options.map(({ value }) => value);

describe('options', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('of an action are looked up with what the form holds and who asks, once for the same inputs', async () => {
    world.lookups.tell('git:branches', ['main', 'next']);
    expect(values(await world.find(lookup, { repository: 'shop' }))).toEqual(['main', 'next']);
    expect(values(await world.find(lookup, { repository: 'shop' }, { text: 'ne' }))).toEqual(['next']);
    expect(world.lookups.asked).toEqual([
      { id: 'git:branches', input: { repository: 'shop', who: 'ada@quartermaster.test', where: 'staging' } },
    ]);
    await world.find(lookup, { repository: 'ledger' });
    expect(world.lookups.asked).toHaveLength(2);
  });

  it('wait for the field that decides on them, by the name people know it by', async () => {
    const answer = await world.find(lookup);
    expect(answer).toEqual({ options: [], state: 'incomplete', note: 'First fill in “Repository”.' });
    expect(world.lookups.asked).toEqual([]);
    expect(await world.problem(lookup, 'main')).toBe('Field: first fill in Repository.');
  });

  it('of other systems are for members of the team', async () => {
    world.lookups.tell('git:branches', ['main']);
    const answer = await world.find(lookup, { repository: 'shop' }, { person: nobody });
    expect(answer).toMatchObject({ options: [], state: 'withheld' });
    expect(await world.problem(lookup, 'main', { repository: 'shop' }, nobody)).toContain('members of the team');
    expect(world.lookups.asked).toEqual([]);
  });

  it('stay as they were when their source is down, and say since when', async () => {
    world.lookups.tell('git:branches', ['main']);
    await world.find(lookup, { repository: 'shop' });
    world.milliseconds += 120_000;
    world.lookups.tell('git:branches', () => Promise.reject(new Error('down')));
    expect(await world.find(lookup, { repository: 'shop' })).toEqual({
      options: [{ value: 'main', title: 'main' }],
      state: 'stale',
      note: 'Can’t be reached right now. This is as of 14:05 UTC.',
    });
  });

  it('are never an empty list without a word', async () => {
    world.lookups.tell('git:branches', []);
    expect(await world.find(lookup, { repository: 'shop' })).toMatchObject({
      note: 'There is nothing to choose from.',
    });
    world.lookups.tell('git:branches', () => Promise.reject(new Error('down')));
    const down = await world.find(lookup, { repository: 'other' });
    expect(down).toMatchObject({ state: 'down', note: 'The list can’t be reached right now. Try again in a minute.' });
    const gone = await world.find(
      { from: 'action', action: 'a:b', with: { x: '${{ params.repository.y }}' } },
      { repository: 'x' },
    );
    expect(gone.state).toBe('incomplete');
    expect(gone.note).toBeTruthy();
  });

  it('that were chosen are asked for again before they are refused, and only then', async () => {
    world.lookups.tell('git:branches', ['main']);
    await world.find(lookup, { repository: 'shop' });
    expect(await world.problem(lookup, 'main', { repository: 'shop' })).toBeUndefined();
    expect(world.lookups.asked).toHaveLength(1);
    world.milliseconds += 1;
    world.lookups.tell('git:branches', ['main', 'new']);
    expect(await world.problem(lookup, 'new', { repository: 'shop' })).toBeUndefined();
    expect(await world.problem(lookup, 'gone', { repository: 'shop' })).toContain('not among what can be chosen');
  });

  it('can’t be checked while their source is down: refused, or accepted where the author says so', async () => {
    world.lookups.tell('git:branches', () => Promise.reject(new Error('down')));
    expect(await world.problem(lookup, 'main', { repository: 'shop' })).toContain('can’t be reached right now');
    expect(await world.problem({ ...lookup, whenDown: 'accept' }, 'main', { repository: 'shop' })).toBeUndefined();
  });

  it('of the catalog are what may be requested, by tag', async () => {
    expect(values(await world.find({ from: 'catalog' }))).toEqual(['shop']);
    expect(values(await world.find({ from: 'catalog', tag: 'data' }))).toEqual([]);
  });

  it('of resources are the living ones of the kind, as far as the author and the person’s rights reach', async () => {
    world.own.push(
      resource({}),
      resource({ id: 'res-2', environment: 'production', parameters: { name: 'ledger' } }),
      resource({ id: 'res-3', teamId: 'platform', parameters: { name: 'theirs' } }),
      resource({ id: 'res-4', state: 'destroying' }),
      resource({ id: 'res-5', kind: 'cache' }),
      resource({ id: 'res-6', parameters: {} }),
    );
    const source = { from: 'resources', kind: 'db', value: '${{ resource.parameters.name }}' } as const;
    const here = '${{ resource.environment == request.environment }}';
    expect(values(await world.find(source))).toEqual(['orders', 'ledger']);
    expect(values(await world.find({ ...source, where: here }))).toEqual(['orders']);
    expect(values(await world.find({ ...source, reach: 'visible' }))).toEqual(['orders', 'ledger', 'theirs']);
    expect(values(await world.find({ from: 'resources', kind: 'cache' }))).toEqual(['res-5']);
  });

  it('of a server are read from its answer; what does not look like an option is left out', async () => {
    world.http.answer.body = JSON.stringify({ data: [{ id: 1, n: 'One' }, { id: null }, 'x', { id: 'two' }] });
    const source = {
      from: 'http',
      url: 'https://api.example.org/${{ params.repository }}?q=${{ query }}',
      items: '${{ response.data }}',
      value: '${{ item.id }}',
      title: '${{ item.n }}',
    } as const;
    const answer = await world.find(source, { repository: 'a/b' }, { text: 'o e' });
    expect(answer.options).toEqual([
      { value: '1', title: 'One' },
      { value: 'two', title: 'two' },
    ]);
    expect(world.http.urls).toEqual(['https://api.example.org/a%2Fb?q=o%20e']);
    world.http.answer.body = '{"data": 3}';
    expect((await world.find(source, { repository: 'c' })).state).toBe('down');
    world.http.answer.body = '<html>';
    expect((await world.find(source, { repository: 'd' })).state).toBe('down');
  });

  it('of a field that is not there any more are none, with a word', async () => {
    const asked = {
      item: item({}),
      field: 'field',
      text: '',
      person: ada,
      teamId: '',
      environment: '',
      otherValues: {},
    };
    const note = 'This field is not in the form any more. Open it again.';
    expect(await world.sources.find(asked)).toEqual({ options: [], state: 'down', note });
  });
});
