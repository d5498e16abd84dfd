import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';

const TICK_MILLISECONDS = 400;

/** Nothing real: they show what steps look like. */
export function demoActions(): AnyAction[] {
  const progress = defineAction({
    id: 'demo:progress',
    title: 'Show progress',
    input: z.strictObject({ label: z.string().max(200), ticks: z.int().min(1).max(100) }),
    output: z.object({ ticks: z.int() }),
    state: z.object({ label: z.string() }),
    examples: [{ title: 'Three ticks', input: { label: 'Working', ticks: 3 }, plan: 'create' }],
    changesInPlace: true,
    plan: ({ label, ticks }, { made }) =>
      Promise.resolve({ kind: made === null ? 'create' : 'change', summary: `${label}, in ${ticks} pieces` }),
    async apply({ label, ticks }, { report, signal }) {
      for (let tick = 1; tick <= ticks; tick += 1) {
        await pause(TICK_MILLISECONDS, undefined, { signal });
        report(`${label}: ${tick} of ${ticks}`);
      }
      return { state: { label }, output: { ticks } };
    },
    read: ({ label }) => Promise.resolve({ exists: true, detail: label }),
    async destroy({ label }, { report, signal }) {
      report(`Undoing: ${label}`);
      await pause(TICK_MILLISECONDS, undefined, { signal });
    },
  });

  const flaky = defineAction({
    id: 'demo:flaky',
    title: 'Fail at first',
    input: z.strictObject({ label: z.string().max(200), failures: z.int().min(0).max(20) }),
    output: z.object({ attempts: z.int() }),
    state: z.object({ label: z.string() }),
    examples: [{ title: 'Works the second time', input: { label: 'Connecting', failures: 1 }, plan: 'create' }],
    plan: ({ label, failures }) =>
      Promise.resolve({
        kind: 'create',
        summary: label,
        details:
          failures === 0 ? [] : [`It will fail ${failures} time${failures === 1 ? '' : 's'} and be tried again.`],
      }),
    apply({ label, failures }, { attempt }) {
      if (attempt <= failures)
        return Promise.reject(new ActionFailed(`${label} failed, as it was told to (attempt ${attempt}).`, true));
      return Promise.resolve({ state: { label }, output: { attempts: attempt } });
    },
    read: ({ label }) => Promise.resolve({ exists: true, detail: label }),
    destroy: () => Promise.resolve(),
  });

  const fail = defineAction({
    id: 'demo:fail',
    title: 'Fail for good',
    input: z.strictObject({ when: z.boolean(), message: z.string().max(500) }),
    output: z.object({ ok: z.boolean() }),
    state: z.object({}),
    examples: [{ title: 'Does not fail', input: { when: false, message: 'No' }, plan: 'none' }],
    plan: ({ when, message }) =>
      Promise.resolve({ kind: 'none', summary: when ? `Will fail: ${message}` : 'Checks that all is well' }),
    apply: ({ when, message }) =>
      when ? Promise.reject(new ActionFailed(message, false)) : Promise.resolve({ state: {}, output: { ok: true } }),
    read: () => Promise.resolve({ exists: true, detail: 'nothing' }),
    destroy: () => Promise.resolve(),
  });

  return [progress, flaky, fail];
}
