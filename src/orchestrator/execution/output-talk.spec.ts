import type { Notice, Notices } from '../../platform/changes/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Run, StepRun, StepTalkStore, Talked } from '../runs/index.js';
import { OutputTalk } from './output-talk.js';

const TX = {} as Tx;
const STEP = { position: 0, title: 'Render' } as StepRun;
const runOf = (kind: Run['subject']['kind']) => ({ id: 'run-1', subject: { kind, id: `${kind}-1` } }) as Run;

describe('what a step says', () => {
  let lines: string[];
  let talked: Talked;
  let sent: Notice[];
  let talk: OutputTalk;
  beforeEach(() => {
    lines = [];
    talked = { said: 0, told: 0, times: 0, silentSeconds: 0 };
    sent = [];
    const store = {
      tell: (_tx: Tx, _run: string, _position: number, told: number) => {
        talked = { ...talked, told, times: talked.times + 1, silentSeconds: 0 };
        return Promise.resolve();
      },
      linesOf: (_tx: Tx, _run: string, _position: number, from: number, count: number) =>
        Promise.resolve(lines.slice(from, from + count)),
      requestOf: () => Promise.resolve('req-of-it'),
    };
    const notices = { post: (_tx: Tx, notice: Notice) => Promise.resolve(void sent.push(notice)) };
    talk = new OutputTalk(store as unknown as StepTalkStore, notices as unknown as Notices);
  });
  const says = async (count: number, afterSeconds = 1, run = runOf('request')): Promise<void> => {
    for (let index = 0; index < count; index += 1) lines.push(`line ${lines.length}`);
    talked = { ...talked, said: lines.length, silentSeconds: talked.silentSeconds + afterSeconds };
    await talk.whileItRuns(TX, run, STEP, talked);
  };
  const told = (): string[] => sent.flatMap(({ data }) => String(data.text).split('\n'));

  it('is heard at once where there is much of it, and nothing twice or left out', async () => {
    await says(95);
    expect(sent).toHaveLength(2);
    await talk.atItsEnd(TX, runOf('request'), STEP, talked);
    expect(told()).toEqual(lines);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(3);
  });

  it('is heard after a while where it comes slowly, and then less often', async () => {
    await says(1, 5);
    expect(told()).toEqual([]);
    await says(1, 12);
    expect(told()).toEqual(['line 0', 'line 1']);
    await says(1, 16);
    expect(told()).toHaveLength(2);
    await says(1, 16);
    expect(told()).toEqual(lines);
  });

  it('is not repeated where it fits on the card, and is cut with a word where it never ends', async () => {
    await says(2);
    await talk.atItsEnd(TX, runOf('request'), STEP, talked);
    expect(sent).toEqual([]);
    await says(2_000);
    await talk.atItsEnd(TX, runOf('request'), STEP, talked);
    expect(sent).toHaveLength(8);
    expect(told().at(-1)).toContain('Full log');
  });

  it('is said where a resource was requested when it is done to it, and nowhere of an incident', async () => {
    await says(40, 1, runOf('resource'));
    expect(sent[0]?.to).toEqual({ kind: 'thread', subject: { kind: 'request', id: 'req-of-it' } });
    sent.length = 0;
    await says(40, 1, runOf('incident'));
    expect(sent).toEqual([]);
  });
});
