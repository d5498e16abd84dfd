import { z } from 'zod';
import { canonicalJson, type Json } from '../../../shared/index.js';
import { ActionFailed, type AnyAction, defineAction } from '../../action.js';
import {
  definitionOf,
  flagIn,
  flagSetting,
  isMadeUnder,
  servesVariants,
  withFlag,
  wordsFor,
} from './flag-definition.js';
import { type FlagSources, flagSource } from './flag-sources.js';

/** Sets a flag in a document that flagd reads. `destroy` puts the former definition back, unless somebody changed it since. */
export function featureFlagSetAction(sources: FlagSources): AnyAction {
  return defineAction({
    id: 'feature-flag:set',
    title: 'Feature flag',
    input: flagSetting
      .extend({ in: flagSource })
      .refine(servesVariants, { path: ['serve'], message: 'serve and rollout name one of the variants' }),
    output: z.object({ flag: z.string(), serves: z.string() }),
    state: z.object({ source: flagSource, flag: z.string(), former: z.json(), key: z.string() }),
    examples: [
      {
        title: 'Where there is no such file',
        input: { in: { file: 'orders.json' }, flag: 'new-basket', rollout: { variant: 'on', percent: 10 } },
        plan: 'cannot',
      },
    ],

    async plan(setting, context) {
      const now = flagIn(await sources.read(setting.in, context), setting.flag);
      const [before, after] = [wordsFor(now), wordsFor(definitionOf(setting, ''))];
      if (now === null) return { kind: 'create', summary: `Flag ${setting.flag}: ${after}` };
      if (isSame(now, definitionOf(setting, '')))
        return { kind: 'none', summary: `Flag ${setting.flag} is ${after} already` };
      return { kind: 'change', summary: `Flag ${setting.flag}: ${before} → ${after}` };
    },

    async intend(setting, context) {
      const former = flagIn(await sources.read(setting.in, context), setting.flag);
      return { source: setting.in, flag: setting.flag, former, key: context.idempotencyKey };
    },

    async apply(setting, context) {
      const kept = context.intended;
      if (kept === null) throw new ActionFailed('The former flag is not known.', false);
      const definition = definitionOf(setting, kept.key, context.labels);
      await sources.change(
        kept.source,
        (document) => {
          const now = flagIn(document, setting.flag);
          if (!isMadeUnder(now, kept.key) && !isSame(now, kept.former, true))
            throw new ActionFailed(`Somebody changed the flag ${setting.flag} meanwhile. It was left as it is.`, false);
          return withFlag(document, setting.flag, definition);
        },
        context,
      );
      return { state: kept, output: { flag: setting.flag, serves: wordsFor(definition) } };
    },

    async read({ source, flag, key }, context) {
      const now = flagIn(await sources.read(source, context), flag);
      if (now === null) return { exists: false, detail: `flag ${flag} is not there` };
      const by = isMadeUnder(now, key) ? '' : ', set by somebody else since';
      return { exists: true, detail: `flag ${flag}: ${wordsFor(now)}${by}` };
    },

    async destroy({ source, flag, former, key }, context) {
      if (!isMadeUnder(flagIn(await sources.read(source, context), flag), key)) return;
      await sources.change(
        source,
        (document) => (isMadeUnder(flagIn(document, flag), key) ? withFlag(document, flag, former) : document),
        { ...context, idempotencyKey: `${key}:back` },
      );
    },
  });
}

/** The same for whoever evaluates it; `whole` counts notes, too. */
function isSame(one: Json, other: Json, whole = false): boolean {
  const shown = (definition: Json): string => {
    if (whole || typeof definition !== 'object' || definition === null || Array.isArray(definition))
      return canonicalJson(definition);
    const { metadata: _notes, ...rest } = definition;
    return canonicalJson({ targeting: {}, ...rest });
  };
  return shown(one) === shown(other);
}
