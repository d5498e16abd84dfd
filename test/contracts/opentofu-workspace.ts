import { join } from 'node:path';
import { ProgramList } from '../../src/orchestrator/actions/exec/program-list.js';
import { Templates } from '../../src/orchestrator/actions/git/template.js';
import { PROGRAM } from '../../src/orchestrator/actions/opentofu/tofu.js';
import { opentofuWorkspaceAction } from '../../src/orchestrator/actions/opentofu/workspace.action.js';
import { Workspaces } from '../../src/orchestrator/actions/opentofu/workspace.js';
import { Programs } from '../../src/platform/programs/index.js';
import type { JsonObject } from '../../src/shared/index.js';
import { ActionBench } from '../builders/action-bench.js';
import { SecretsInMemory } from '../fakes/secrets-in-memory.js';
import { StatesInMemory } from '../fakes/states-in-memory.js';

const MODULE = {
  variable: {
    name: { type: 'string' },
    size: { type: 'number', default: 1 },
    password: { type: 'string', sensitive: true, default: 'none-given' },
  },
  resource: {
    terraform_data: {
      one: { input: { name: '${var.name}', size: '${var.size}' } },
      two: { input: '${var.password}', triggers_replace: '${var.name}' },
    },
  },
  output: {
    name: { value: '${var.name}' },
    size: { value: '${var.size}' },
    password: { value: '${var.password}', sensitive: true },
  },
};

/** How runs of the program are recorded. */
export const opentofuRecording = {
  fixture: join(import.meta.dirname, '../fixtures/opentofu/runs.jsonl.gz'),
  ignored: ['.terraform', 'terraform.tfstate', 'quartermaster.tfplan'],
  kept: ['terraform.tfstate'],
};

export function opentofuWorkspaces(program: string, states: StatesInMemory): Workspaces {
  const templates = new Templates(join(import.meta.dirname, '../fixtures/opentofu'));
  const list = new ProgramList({ [PROGRAM]: program });
  return new Workspaces({ programs: new Programs(), list, templates, pluginCacheDir: null }, states);
}

/** What the action promises, with a program of the name `tofu`: the real one, or one that behaves like it. */
export function opentofuContract(program: (test: string) => string): void {
  let states: StatesInMemory;
  let secrets: SecretsInMemory;
  let bench: ActionBench;
  beforeEach(() => {
    states = new StatesInMemory();
    secrets = new SecretsInMemory();
    bench = new ActionBench(
      opentofuWorkspaceAction(opentofuWorkspaces(program(expect.getState().currentTestName ?? ''), states)),
      secrets,
    );
  });
  const input = (variables: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
    files: { 'main.tf.json': JSON.stringify(MODULE) },
    variables: { name: 'orders', ...variables },
    ...more,
  });

  it('shows what it would do, does that, gives its outputs, sees drift, and takes it away', async () => {
    expect(await bench.plan(input())).toEqual({
      kind: 'create',
      summary: '2 to make',
      details: ['+ terraform_data.one', '+ terraform_data.two', '+ output name', '+ output password', '+ output size'],
    });
    expect(states.texts.size).toBe(0);
    const made = await bench.apply(input());
    expect(made.output).toMatchObject({ outputs: { name: 'orders', size: 1 } });
    expect(bench.reported).toContainEqual(expect.stringMatching(/^terraform_data\.one: Creation complete/));
    expect(JSON.parse(states.texts.get('res-test:main') ?? '')).toMatchObject({ version: 4 });
    expect(await bench.plan(input())).toEqual({ kind: 'none', summary: 'Everything is as the module says' });
    expect(await bench.read(made.state)).toEqual({ exists: true, detail: 'it is there' });

    await bench.destroy(made.state);
    expect(states.texts.size).toBe(0);
    expect(await bench.read(made.state)).toEqual({ exists: false, detail: 'nothing of it is there' });
    await bench.destroy(made.state);
  });

  it('changes in another step, and goes back to what was so before', async () => {
    const made = await bench.apply(input());
    const bigger = input({ size: 3 });
    expect(await bench.plan(bigger)).toMatchObject({
      kind: 'change',
      summary: '1 to change',
      details: expect.arrayContaining([
        '~ terraform_data.one',
        '   input: {"name":"orders","size":1} → {"name":"orders","size":3}',
        '~ output size',
      ]),
    });
    const changed = await bench.apply(bigger, 'key-2');
    expect(changed.output).toMatchObject({ outputs: { size: 3 } });
    expect(await bench.read(made.state)).toMatchObject({
      detail: expect.stringContaining('it is there, but differs: ~ terraform_data.one'),
    });
    await bench.destroy(changed.state, 'key-2');
    expect(await bench.read(made.state)).toEqual({ exists: true, detail: 'it is there' });
    await bench.destroy(changed.state, 'key-2');
    await bench.destroy(made.state);
    expect(states.texts.size).toBe(0);
  });

  it('becomes in place what a newer version asks for, and goes back, also where that takes something away', async () => {
    const three = { ...MODULE.resource.terraform_data, three: { input: 'x' } };
    const files = { 'main.tf.json': JSON.stringify({ ...MODULE, resource: { terraform_data: three } }) };
    const [former, next] = [input({ password: 'first-secret' }), input({ password: 'second-secret' }, { files })];
    const made = await bench.apply(former);
    expect(await bench.planChange(next, made)).toMatchObject({ kind: 'change', summary: '1 to make, 1 to change' });
    const changed = await bench.change(next, made);
    expect((await bench.change(next, made)).output).toEqual(changed.output);
    expect(await secrets.get(String(changed.output.secretRef))).toEqual({ password: 'second-secret' });
    expect(changed.output.secretRef).not.toBe(made.output.secretRef);
    expect(await bench.read(changed.state)).toEqual({ exists: true, detail: 'it is there' });
    // Asked for by a newer version it would be refused.
    expect(await bench.planChange(former, changed)).toMatchObject({ kind: 'cannot' });
    const back = await bench.changeBack(former, changed);
    expect(states.texts.get('res-test:main')).not.toContain('"three"');
    expect(await secrets.get(String(back.output.secretRef))).toEqual({ password: 'first-secret' });
    expect(await bench.planChange(input({}, { workspace: 'other' }), made)).toEqual({
      kind: 'cannot',
      summary: 'A workspace can’t be renamed. Request it anew and move over.',
    });
    await bench.destroy(changed.state);
    expect(states.texts.size).toBe(0);
    await expect(secrets.get(String(back.output.secretRef))).rejects.toThrow();
  });

  it('takes nothing away and replaces nothing unless it may', async () => {
    await bench.apply(input());
    const renamed = input({ name: 'payments' });
    const words = 'It would take away or replace terraform_data.two, which this step may not. Nothing was changed.';
    expect(await bench.plan(renamed)).toMatchObject({
      kind: 'cannot',
      summary: words,
      details: expect.arrayContaining(['-/+ terraform_data.two (replaced)']),
    });
    await expect(bench.apply(renamed, 'key-2')).rejects.toMatchObject({ publicMessage: words, retryable: false });
    const allowed = input({ name: 'payments' }, { removals: 'allow' });
    expect(await bench.plan(allowed)).toMatchObject({
      kind: 'change',
      summary: '1 to change, 1 to take away or replace',
    });
    expect((await bench.apply(allowed, 'key-3')).output).toMatchObject({ outputs: { name: 'payments' } });
  });

  it('keeps secrets out of plans, states of the step, outputs and progress; sensitive outputs go to the secret store', async () => {
    const ref = await secrets.put('db/orders', { password: 'pass-very-secret-1' }, { idempotencyKey: 'put' });
    const wanted = input({}, { secretVariables: { password: { ref, field: 'password' } } });
    const plan = await bench.plan(wanted);
    const made = await bench.apply(wanted);
    const { secretRef } = made.output as { secretRef: string };
    expect(await secrets.get(secretRef)).toEqual({ password: 'pass-very-secret-1' });
    expect(states.texts.get('res-test:main')).toContain('pass-very-secret-1');
    expect(JSON.stringify([plan, made, bench.reported, await bench.read(made.state)])).not.toContain('very-secret');
    await bench.destroy(made.state);
    await expect(secrets.get(secretRef)).rejects.toThrow();
  });

  it('remembers what a broken apply had made, and goes on there', async () => {
    const three = {
      input: 'x',
      depends_on: ['terraform_data.one'],
      provisioner: { 'local-exec': { command: 'exit 7' } },
    };
    const broken = { ...MODULE, resource: { terraform_data: { ...MODULE.resource.terraform_data, three } } };
    const wanted = (module: unknown): JsonObject => ({
      files: { 'main.tf.json': JSON.stringify(module) },
      variables: { name: 'orders' },
    });
    await expect(bench.apply(wanted(broken))).rejects.toMatchObject({
      publicMessage: expect.stringMatching(
        /^It was not applied as a whole: local-exec provisioner error: .*exit status 7.* What was made is remembered\.$/,
      ),
      retryable: true,
    });
    expect(states.texts.get('res-test:main')).toContain('terraform_data');
    expect(states.locks.size).toBe(0);
    const state = await bench.intend(wanted(broken));
    const next = await bench.apply({ ...wanted(MODULE), removals: 'allow' }, 'key-1', { attempt: 2 });
    expect(next.output).toMatchObject({ outputs: { name: 'orders' } });
    await bench.destroy(state ?? {});
    expect(states.texts.size).toBe(0);
  });

  it('gives a module that asks for them the labels of whom it is for, and sees no drift in them', async () => {
    const labelled = {
      variable: { quartermaster_labels: { type: 'map(string)' } },
      resource: { terraform_data: { tagged: { input: '${var.quartermaster_labels}' } } },
      output: { tags: { value: '${terraform_data.tagged.output}' } },
    };
    const wanted = { files: { 'main.tf.json': JSON.stringify(labelled) } };
    const made = await bench.apply(wanted);
    expect(made.output).toEqual({
      outputs: { tags: { resource: 'res-test', team: 'payments', environment: 'development' } },
    });
    expect(await bench.read(made.state)).toEqual({ exists: true, detail: 'it is there' });
    const later = { ...bench.context('key-2').labels, requestId: 'req-later' };
    expect(await bench.action.plan(wanted, { secrets, labels: later })).toMatchObject({ kind: 'none' });
    await bench.destroy(made.state);
    expect(states.texts.size).toBe(0);
  });

  it('is at a workspace alone', async () => {
    await states.lock('res-test:main', 'somebody');
    await expect(bench.apply(input())).rejects.toMatchObject({
      publicMessage: 'Another step is at this workspace just now. It will be tried again.',
      retryable: true,
    });
    await states.unlock('res-test:main', 'somebody');
    await bench.apply(input());
    expect(states.locks.size).toBe(0);
  });

  it('says what is wrong with a module, in its words', async () => {
    const file = (text: string): JsonObject => ({ files: { 'main.tf.json': text } });
    expect(await bench.plan(file('{ "resource": '))).toMatchObject({
      kind: 'cannot',
      summary: expect.stringMatching(/^The module could not be prepared: /),
    });
    expect(await bench.plan(file(JSON.stringify(MODULE)))).toMatchObject({
      kind: 'cannot',
      summary: expect.stringMatching(/^There is no plan: No value for required variable: .*"name"/),
    });
    expect(await bench.plan({ module: 'missing' })).toMatchObject({
      kind: 'cannot',
      summary: expect.stringContaining('no template missing'),
    });
    const ours = { files: { 'terraform.tfstate': '{}' } };
    expect(await bench.plan(ours)).toMatchObject({
      kind: 'cannot',
      summary: expect.stringContaining('must not have a file terraform.tfstate'),
    });
    expect(
      await new ActionBench(opentofuWorkspaceAction(opentofuWorkspaces('/nowhere/tofu', states)), secrets).plan(
        input(),
      ),
    ).toEqual({
      kind: 'cannot',
      summary: 'The program tofu is listed, but not there. Tell the platform team.',
    });
  });

  it('takes a module out of the catalog, and replaces the backend that it has', async () => {
    const made = await bench.apply({ module: 'greeting', variables: { name: 'orders' } });
    expect(made.output).toMatchObject({ outputs: { greeting: 'Hello orders' } });
    await bench.destroy(made.state);
  });

  it.each([
    [{ files: {} }, ''],
    [{ module: '../secrets' }, 'module'],
    [{ files: { '../main.tf': '' } }, 'files.../main.tf'],
    [{ environment: { TF_CLI_ARGS: '-lock=false' } }, 'environment.TF_CLI_ARGS'],
    [{ environment: { LD_PRELOAD: 'x' } }, 'environment.LD_PRELOAD'],
    [{ secretVariables: { password: 'plain' } }, 'secretVariables.password'],
    [{ variables: { '-var': 1 } }, 'variables.-var'],
    [{ workspace: '../other' }, 'workspace'],
    [{ removals: 'sometimes' }, 'removals'],
    [{ program: '/bin/sh' }, ''],
  ] as [JsonObject, string][])('refuses %j', (wrong, place) => {
    expect(bench.problems(input())).toEqual([]);
    expect(bench.problems({ ...input(), ...wrong })).toContain(place);
  });
}
