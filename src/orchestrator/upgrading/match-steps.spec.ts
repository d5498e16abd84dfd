import fc from 'fast-check';
import type { StepTemplate } from '../../catalog/index.js';
import type { Json, JsonObject } from '../../shared/index.js';
import type { StepRun } from '../runs/index.js';
import { matchSteps } from './match-steps.js';

function wanted(name: string, action = 'test:make', more: Partial<StepTemplate> = {}): StepTemplate {
  const retry = { attempts: 1, backoffSeconds: 0 };
  return { name, title: name, action, with: {}, timeoutSeconds: 1, retry, ...more };
}
function turn(name: string, index: number, item: Json): StepTemplate {
  return wanted(name, 'test:make', { loop: { index, item } });
}
function lived(template: StepTemplate, position: number, more: Partial<StepRun> = {}): StepRun {
  const actionState: JsonObject = { made: position };
  const rest = { output: {}, failure: null, progress: null, expectedSeconds: null, startedAt: null, endedAt: null };
  const { name, title, action } = template;
  const step = { position, name, title, action, template, actionState, state: 'succeeded' as const, attempts: 1 };
  return { ...step, idempotencyKey: `key:${position}`, ...rest, ...more };
}
const pairs = ({ steps }: ReturnType<typeof matchSteps>) => steps.map(({ from }) => from?.position ?? null);

describe('the steps of two versions', () => {
  it('belong together by name and action, wherever they stand; the rest is new, or goes, the last one first', () => {
    const living = [lived(wanted('a'), 0), lived(wanted('b'), 1), lived(wanted('c'), 2), lived(wanted('d'), 3)];
    const found = matchSteps(living, [wanted('b'), wanted('new'), wanted('a'), wanted('c', 'test:other')]);
    expect(pairs(found)).toEqual([1, null, 0, null]);
    expect(found.gone.map(({ position }) => position)).toEqual([3, 2]);
  });

  it('that are checks, or left nothing, are made again and have nothing to take away', () => {
    const living = [lived(wanted('check'), 0, { actionState: {} }), lived(wanted('skipped'), 1, { actionState: null })];
    const found = matchSteps(living, [
      wanted('check'),
      wanted('skipped'),
      wanted('probe', 'test:make', { phase: 'pre-check' }),
    ]);
    expect(found).toMatchObject({ steps: [{ from: null }, { from: null }, { from: null }], gone: [] });
  });

  it('what an earlier upgrade could not take away is taken away now, never taken over; what it did take away is over', () => {
    const living = [lived(wanted('a'), 0, { state: 'failed' }), lived(wanted('b'), 1, { state: 'compensated' })];
    const found = matchSteps(living, [wanted('a'), wanted('b')]);
    expect(pairs(found)).toEqual([null, null]);
    expect(found.gone.map(({ position }) => position)).toEqual([0]);
  });

  it('turns of a loop belong together by what they are about, then by their place', () => {
    const living = [lived(turn('each', 0, 'x'), 0), lived(turn('each', 1, 'y'), 1), lived(turn('each', 2, 'z'), 2)];
    const found = matchSteps(living, [turn('each', 0, 'y'), turn('each', 1, 'z')]);
    expect(pairs(found)).toEqual([1, 2]);
    expect(found.gone.map(({ position }) => position)).toEqual([0]);
    expect(pairs(matchSteps(living, [turn('each', 0, 'changed'), turn('each', 1, 'y')]))).toEqual([0, 1]);
    expect(pairs(matchSteps(living, [wanted('each')]))).toEqual([null]);
  });

  it('lose nothing that lives and take nothing over twice, whatever both look like', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.uniqueArray(name), (before, after) => {
        const living = before.map((one, position) => lived(wanted(one), position));
        const found = matchSteps(
          living,
          after.map((one) => wanted(one)),
        );
        const taken = found.steps.flatMap(({ from }) => (from === null ? [] : [from.position]));
        const all = [...taken, ...found.gone.map(({ position }) => position)];
        expect(all.sort((one, other) => one - other)).toEqual(living.map(({ position }) => position));
      }),
    );
  });
});
