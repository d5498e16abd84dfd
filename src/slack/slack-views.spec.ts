import type { ModalView } from '@slack/web-api';
import {
  complaintsAboutMessage,
  complaintsAboutView,
  mrkdwnOf,
  silentButtons,
} from '../../test/builders/block-kit-limits.js';
import { formState } from '../../test/builders/form-states.js';
import { approvalOf, HOSTILE, LONG, requestOf, resourceOf, stateOf } from '../../test/builders/slack-states.js';
import type { CatalogItem, ParametersSchema } from '../catalog/index.js';
import type { Person } from '../identity/index.js';
import { approveModal, denyModal } from './approvals/vote-modals.view.js';
import { destroyModal } from './destroy/destroy.view.js';
import { helpForEverybody, helpWords } from './help/help.view.js';
import { homeView } from './home/home.view.js';
import { NOTICE_VIEWS } from './notices/notices.view.js';
import { formValues } from './request/form-values.js';
import { pickItemModal, requestForm } from './request/request-form.view.js';
import { planModal, sorryModal, workingModal } from './request/request-plan.view.js';
import { resourcesWords } from './resources/resources.view.js';
import { deliveryWords } from './secrets/secrets.view.js';
import { latestWords, statusWords } from './status/status.view.js';
import { whoamiWords } from './whoami/whoami.view.js';

const about = { teamTitle: (id: string) => (id === 'payments' ? 'Payments' : HOSTILE) };
const HARM = /<!channel>|<https|\u202E/;

const parameters: ParametersSchema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', title: 'Name', description: 'In one word.', examples: ['orders'], maxLength: 41 },
    notes: { type: 'string', 'x-multiline': true },
    replicas: { type: 'integer', minimum: 1, maximum: 5, default: 2 },
    public: { type: 'boolean', default: true },
    size: {
      type: 'string',
      default: 'small',
      oneOf: [{ const: 'small', title: 'Small', description: '5 connections' }, { const: 'large' }],
    },
    extensions: { type: 'array', default: ['citext'], items: { type: 'string', enum: ['citext', 'ltree'] } },
    from: { type: 'string', format: 'date', default: '2026-12-01' },
    contact: { type: 'string', format: 'slack-user' },
    watchers: { type: 'array', items: { type: 'string', format: 'slack-user' } },
    channel: { type: 'string', format: 'slack-channel' },
    database: { type: 'string', 'x-options': { from: 'resources', kind: 'postgres-database' } },
    regions: {
      type: 'array',
      maxItems: 3,
      items: { type: 'string', 'x-options': { from: 'action', action: 'cloud:regions' } },
    },
  },
} as unknown as ParametersSchema;
const item: CatalogItem = {
  name: 'everything',
  title: 'Every kind of field',
  summary: 'A form with all of them.',
  version: '1.0.0',
  digest: 'sha256:2',
  owner: 'platform',
  tags: ['demo'],
  environments: ['development', 'production'],
  parameters,
  lease: { defaultHours: 24, maxHours: 48, warnHoursBefore: 4, extendHours: 24 },
  steps: [],
  outputs: {},
  resource: { kind: 'demo', title: 'x' },
  file: 'x.yaml',
  lifecycle: 'active',
};
const hostileItem: CatalogItem = {
  ...item,
  name: 'hostile',
  title: HOSTILE,
  summary: LONG,
  tags: [HOSTILE],
  lifecycle: 'deprecated',
};
const ada: Person = {
  id: 'U0ADA',
  email: 'ada@quartermaster.test',
  name: 'Ada',
  teams: [{ teamId: 'payments', relation: 'lead' }],
  roles: ['auditor'],
};
const teams = [
  { id: 'payments', title: 'Payments', channel: 'team-payments', approvalsChannel: 'approvals' },
  { id: 'platform', title: HOSTILE, channel: 'team-platform', approvalsChannel: 'approvals' },
];
const form = { item, teams };
const typed = {
  values: {
    name: 'orders',
    replicas: '3',
    public: 'false',
    size: 'large',
    extensions: ['ltree'],
    watchers: ['U0LEA'],
    contact: 'U0LEA',
    channel: 'C1',
    from: '2026-12-24',
    notes: 'n',
    database: 'orders',
    regions: ['eu-1'],
  },
  draft: { teamId: 'platform', environment: 'production', reason: 'why', leaseHours: 36 },
};
const paged: CatalogItem = {
  ...item,
  name: 'paged',
  title: 'Every kind of page',
  parameters: {
    type: 'object',
    additionalProperties: false,
    required: ['kind', 'network', 'rules'],
    properties: {
      kind: { type: 'string', enum: ['web', 'job'], default: 'web' },
      label: { type: 'string', 'x-default': '${{ params.kind }}-${{ request.environment }}' },
      protocol: { type: 'string', const: 'tcp', description: 'There is no other.' },
      at: { type: 'string', format: 'time', default: '14:30' },
      until: { type: 'string', format: 'date-time' },
      mail: { type: 'string', format: 'email', examples: ['ada@example.com'] },
      site: { type: 'string', format: 'uri' },
      ratio: { type: 'number', minimum: 0, maximum: 1, multipleOf: 0.1 },
      hosts: { type: 'array', items: { type: 'string', format: 'ipv4' }, description: 'Who may come in.' },
      rooms: { type: 'array', items: { type: 'string', format: 'slack-channel' }, maxItems: 2 },
      zone: { type: 'string', enum: ['a', 'b', 'c', 'd', 'e'] },
      network: {
        type: 'object',
        title: 'The network',
        description: 'Where it lives.',
        properties: { cidr: { type: 'string' } },
      },
      backup: { type: 'object', description: 'Kept for a week.', properties: { hour: { type: 'integer' } } },
      rules: {
        type: 'array',
        minItems: 1,
        maxItems: 3,
        items: { type: 'object', properties: { port: { type: 'integer' } } },
      },
    },
    if: { properties: { kind: { const: 'web' } } },
    then: { properties: { domain: { type: 'string', title: HOSTILE, description: LONG } }, required: ['domain'] },
  },
};
const pages = { item: paged, teams: teams.slice(0, 1) };
const preview = (change: Partial<ReturnType<typeof requestOf>['plan']> = {}) => ({
  item,
  plan: { ...requestOf().plan, ...change },
});

const MODALS: Record<string, ModalView> = {
  'the picker': pickItemModal([item, hostileItem], 'C1'),
  'a blank form': requestForm(formState(form)),
  'a form with one team': requestForm(formState({ ...form, teams: teams.slice(0, 1) })),
  'a form with what was typed': requestForm(formState({ ...form, ...typed, notice: 'Look at the name again.' })),
  'the first of several pages': requestForm(formState(pages)),
  'the second page': requestForm(formState({ ...pages, page: ':1', values: { 'backup?': true, zone: 'e' } })),
  'a nested page': requestForm(
    formState({ ...pages, page: 'network:0', problems: new Map([['network/cidr', 'Wrong.']]) }),
  ),
  'an entry of a list': requestForm(formState({ ...pages, page: 'rules/1:0', values: { 'rules#': 2 } })),
  'the last page': requestForm(formState({ ...pages, page: 'end' })),
  'the plan': planModal(preview(), 'drf-00000001'),
  'a plan that is refused': planModal(
    preview({
      changes: [],
      decision: {
        outcome: 'deny',
        reasons: [{ rule: 'only-members-request', outcome: 'deny', message: 'Only members.' }],
      },
    }),
    'drf-00000001',
  ),
  'a plan that can’t be': planModal(
    preview({ changes: [{ step: 'a', title: 'A', kind: 'cannot', summary: 'The server is down.', details: [] }] }),
    'drf-00000001',
    { notice: 'The plan has changed.' },
  ),
  working: workingModal(),
  sorry: sorryModal(LONG, 'drf-00000001'),
  denying: denyModal(approvalOf({ title: HOSTILE })),
  'approving with a note': approveModal(approvalOf({ title: HOSTILE })),
  destroying: destroyModal(resourceOf(), 'Payments'),
};

describe('modals', () => {
  it.each(Object.entries(MODALS))('%s', (_name, view) => {
    expect(complaintsAboutView(view)).toEqual([]);
    expect(silentButtons(view.blocks as never)).toEqual([]);
    expect(view).toMatchSnapshot();
  });

  it('let no mention through, and fit, however hostile the catalog or the draft is', () => {
    const view = requestForm(
      formState({
        ...form,
        item: hostileItem,
        values: { ...typed.values, name: 'x' },
        draft: { ...typed.draft, reason: HOSTILE },
        notice: LONG,
      }),
    );
    expect(complaintsAboutView(view)).toEqual([]);
    const destroy = destroyModal(resourceOf({ title: HOSTILE, parameters: {} }), HOSTILE);
    expect(mrkdwnOf({ text: '', blocks: destroy.blocks })).not.toMatch(HARM);
  });

  it('send nothing when nothing may be sent', () => {
    expect(MODALS['a plan that is refused']?.submit).toBeUndefined();
    expect(MODALS['a plan that can’t be']?.submit).toBeUndefined();
    expect(MODALS['the plan']?.submit).toBeDefined();
  });
});

describe('what Slack sends back from a form', () => {
  it('is read in JSON’s own terms, with the place of each field; what stands on other pages is unknown', () => {
    const value = (one: object): object => ({ value: one });
    const values = {
      team: value({ selected_option: { value: 'payments' } }),
      environment: value({ selected_option: { value: 'production' } }),
      lease: value({ value: '36' }),
      reason: value({ value: ' why ' }),
      'param:name': value({ value: 'orders' }),
      'param:notes': value({ value: null }),
      'param:extensions': value({ selected_options: [{ value: 'ltree' }] }),
      'param:from': value({ selected_date: '2026-12-24' }),
      'param:at': value({ selected_time: '14:30' }),
      'param:until': value({ selected_date_time: 1_798_106_400 }),
      'param:contact': value({ selected_user: 'U0LEA' }),
      'param:watchers': value({ selected_users: [] }),
      'param:channel': value({ selected_channel: 'C1' }),
      'param:database': value({
        type: 'external_select',
        selected_option: { value: 'orders', text: { type: 'plain_text', text: 'orders (development)' } },
      }),
      'param:rules/0/port~a1b2c3': value({ value: '80' }),
      form_pages: { form_previous_page: {} },
    };
    expect(formValues({ state: { values } })).toEqual({
      teamId: 'payments',
      environment: 'production',
      leaseHours: 36,
      reason: 'why',
      titles: { orders: 'orders (development)' },
      parameters: Object.entries({
        name: 'orders',
        notes: null,
        extensions: ['ltree'],
        from: '2026-12-24',
        at: '14:30',
        until: '2026-12-24T10:00:00Z',
        contact: 'U0LEA',
        watchers: [],
        channel: 'C1',
        database: 'orders',
        'rules/0/port': '80',
      }).map(([path, value]) => ({ path, variant: path === 'rules/0/port' ? 'a1b2c3' : undefined, value })),
    });
    const rest = formValues({ state: { values: { 'param:x': value({ value: 'y' }) } } });
    expect([rest.teamId, rest.environment, rest.reason, rest.leaseHours]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(formValues({ state: { values: { ...values, lease: value({ value: '1e3' }) } } }).leaseHours).toBeNaN();
  });
});

describe('answers', () => {
  const answers = {
    help: helpWords(
      ada,
      teams,
      '/qm',
      helpForEverybody('/qm', [
        {
          name: 'request',
          usage: '[item]',
          summary: 'request something',
          inThreads: false,
          run: () => Promise.resolve(),
        },
      ]),
    ),
    status: statusWords(stateOf({ resource: resourceOf() }), []),
    latest: latestWords([{ request: requestOf(), resource: null }], [], '/qm', (team) => team),
    resources: resourcesWords(
      [resourceOf(), resourceOf({ id: 'res-00000002', title: HOSTILE, ownerId: 'U0BEN', state: 'destroy-failed' })],
      'U0ADA',
      '/qm',
      about,
    ),
    whoami: whoamiWords(ada, teams, [{ what: 'Request', permission: { allowed: true, reason: HOSTILE } }]),
    'a link': deliveryWords('orders', {
      kind: 'link',
      url: 'https://qm.example/secrets/abc',
      expiresAt: new Date('2026-11-23T12:10:00Z'),
    }),
    'a wrapped token': deliveryWords('orders', {
      kind: 'wrapped',
      command: 'vault unwrap abc',
      expiresAt: new Date('2026-11-23T12:10:00Z'),
    }),
  };

  it.each(Object.entries(answers))('%s', (_name, words) => {
    expect(complaintsAboutMessage(words)).toEqual([]);
    expect(silentButtons(words.blocks ?? [])).toEqual([]);
    expect(mrkdwnOf(words)).not.toMatch(HARM);
    expect(words).toMatchSnapshot();
  });

  it('fit, however much there is', () => {
    const many = Array.from({ length: 300 }, (_, n) =>
      resourceOf({ id: `res-${String(n).padStart(8, '0')}`, title: LONG }),
    );
    expect(complaintsAboutMessage(resourcesWords(many, 'U0ADA', '/qm', about))).toEqual([]);
  });
});

describe('App Home', () => {
  it('shows what waits, what there is and what was asked for', () => {
    const view = homeView({
      personId: 'U0ADA',
      command: '/qm',
      waiting: [approvalOf()],
      requests: [{ request: requestOf(), resource: null }],
      resources: [resourceOf()],
      about,
    });
    expect(complaintsAboutView(view)).toEqual([]);
    expect(view).toMatchSnapshot();
  });

  it('fits, however much there is', () => {
    const waiting = Array.from({ length: 50 }, (_, n) =>
      approvalOf({ id: `apr-${String(n).padStart(8, '0')}`, title: LONG }),
    );
    const resources = Array.from({ length: 50 }, (_, n) =>
      resourceOf({ id: `res-${String(n).padStart(8, '0')}`, title: LONG }),
    );
    const requests = Array.from({ length: 50 }, () => ({
      request: requestOf(),
      resource: resourceOf({ title: HOSTILE }),
    }));
    expect(
      complaintsAboutView(homeView({ personId: 'U0ADA', command: '/qm', waiting, requests, resources, about })),
    ).toEqual([]);
  });
});

describe('notices', () => {
  const data = {
    requestId: 'req-00000001',
    resourceId: 'res-00000001',
    itemName: HOSTILE,
    environment: 'production',
    what: HOSTILE,
    next: HOSTILE,
    title: HOSTILE,
    reason: LONG,
    endsAt: '2026-11-24T12:00:00.000Z',
    deliveryId: 'del-00000001',
    number: '42',
    subjectId: 'res-00000001',
    incidentId: 'inc-00000001',
    approvalId: 'apr-00000001',
    requesterId: 'U0ADA',
    personId: 'U0LEA',
    expiresAt: '2026-11-24T12:00:00.000Z',
    severity: 'sev2',
    channelId: 'C1',
    duration: '3 minutes',
    summary: LONG,
    resolvedBy: 'U0OLI',
    text: HOSTILE,
    exceptionId: 'exc-00000001',
    hours: 4,
    runId: 'run-00000001',
    step: HOSTILE,
    undone: HOSTILE,
    lines: [HOSTILE, '```'],
    teamTitle: HOSTILE,
    called: ['U0PIA'],
  };

  it.each(Object.entries(NOTICE_VIEWS))('%s', (_name, view) => {
    const words = view(data, { command: '/qm' });
    expect(complaintsAboutMessage(words)).toEqual([]);
    expect(mrkdwnOf(words)).not.toMatch(HARM);
    expect(() => view({}, { command: '/qm' })).not.toThrow();
    expect(words).toMatchSnapshot();
  });
});
