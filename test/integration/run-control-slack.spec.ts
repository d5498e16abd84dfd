import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { BotOnPlayground } from '../builders/bot-on-playground.js';
import { type SlackPerson, wholeText } from '../builders/slack-person.js';
import { ToldServer } from '../builders/told-server.js';

jest.setTimeout(180_000);

const item = (server: string) => `
name: experiment
title: Experiment
summary: Stops half-way and keeps what it made.
version: 1.0.0
owner: platform
lifecycle: active
environments: [development]
onFailure: keep
parameters:
  type: object
  properties:
    name: { type: string, title: Name, default: trial }
lease: { defaultHours: 4, maxHours: 24, warnHoursBefore: 1, extendHours: 4 }
resource: { kind: experiment, title: "Experiment \${{ params.name }}" }
steps:
  - name: prepare
    title: Prepare
    action: demo:progress
    with: { label: "Preparing \${{ params.name }}", ticks: 4 }
    timeoutSeconds: 60
    retry: { attempts: 1, backoffSeconds: 1 }
  - name: call
    title: Call the machine
    action: http:request
    with: { method: GET, url: "${server}/start" }
    timeoutSeconds: 30
    retry: { attempts: 1, backoffSeconds: 1 }
outputs: {}
`;

describe('a request that stops half-way, in Slack', () => {
  let folder: string;
  let machine: ToldServer;
  let bot: BotOnPlayground | undefined;
  let [ada, ben]: SlackPerson[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quartermaster-experiment-'));
    machine = await ToldServer.start();
    await cp('catalog', folder, { recursive: true });
    await writeFile(join(folder, 'items/experiment.yaml'), item(machine.url));
    bot = await BotOnPlayground.start('http', { CATALOG_DIR: folder, HTTP_ALLOWED_HOSTS: machine.url });
    [ada, ben] = await Promise.all([bot.person('ada'), bot.person('ben')]);
  });
  afterAll(async () => {
    await bot?.stop();
    await machine.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const request = async (name: string): Promise<void> => {
    await ada!.slash('/qm request experiment', '#team-payments');
    await ada!.waitForModal('Experiment');
    await ada!.fill({ 'param:name': name, environment: 'development' });
    await ada!.submit();
    await ada!.waitForModal('The plan');
    await ada!.waitFor((me) => JSON.stringify(me.modal()?.blocks).includes('Who decides'), 'the plan worked out');
    await ada!.submit();
  };

  it('says so on its card; others may not go on with it; its requester does, where it failed', async () => {
    machine.tell((_url, response) => response.writeHead(409).end('{"why":"busy"}'));
    await request('first');
    const stopped = await ada!.waitForMessage('#team-payments', 'Stopped half-way');
    expect(wholeText(stopped)).toContain('Kept for inspection: “Prepare”');

    await ben!.click('Retry from here', await ben!.waitForMessage('#team-payments', 'Stopped half-way'));
    await ben!.waitForMessage('#team-payments', 'No rule lets you cancel');
    expect(machine.asked).toHaveLength(1);

    await ada!.click('Get help', stopped);
    const asked = await ada!.waitForMessage('#team-platform', 'asks');
    expect(wholeText(asked)).toContain('Call the machine');

    await ada!.click('Full log', stopped);
    await ada!.waitForMessage('#team-payments', 'The log is in our direct messages');

    machine.tellJson({ ok: true });
    await ada!.click('Retry from here', stopped);
    await ada!.waitForMessage('#team-payments', 'Ready: Experiment');
    expect(machine.asked).toHaveLength(2);
  });

  it('is rolled back from its card', async () => {
    machine.tell((_url, response) => response.writeHead(409).end('{"why":"busy"}'));
    await request('second');
    const stopped = await ada!.waitForMessage('#team-payments', 'kept for inspection: Experiment Experiment second');
    await ada!.click('Roll back', stopped);
    const failed = await ada!.waitForMessage('#team-payments', 'Failed: Experiment Experiment second');
    expect(wholeText(failed)).toContain('Rolled back: “Call the machine”, “Prepare”');
  });
});
