import { z } from 'zod';
import type { Json, JsonObject } from '../shared/index.js';

/** What every source of options may say about itself. */
export interface OptionRules {
  /** How long what was loaded counts as fresh. */
  readonly ttlSeconds?: number;
  /** What a choice is worth while the source can't be asked: taken as it is, or refused until it can. `refuse` if left out. */
  readonly whenDown?: 'accept' | 'refuse';
  /** Letters to type before the source is asked. */
  readonly minQueryLength?: number;
}

/** What may be requested. */
export interface ItemOptions extends OptionRules {
  readonly from: 'catalog';
  readonly tag?: string;
}

/** Living resources of the person and their teams, or all they may see. Templates see `resource`, `request` and `user`. */
export interface ResourceOptions extends OptionRules {
  readonly from: 'resources';
  readonly kind: string;
  readonly reach?: 'mine' | 'visible';
  /** Whether what is made stands on what is chosen, so that neither goes without the other. True if left out. */
  readonly dependsOn?: boolean;
  readonly where?: string;
  readonly value?: string;
  readonly title?: string;
}

/** What an action's lookup finds. `with` sees `params`, `request`, `user` and `query`. */
export interface ActionOptions extends OptionRules {
  readonly from: 'action';
  readonly action: string;
  readonly with?: JsonObject;
}

/** What a server answers. `url` sees what `with` sees, `items` sees `response`, the others see `item`. */
export interface HttpOptions extends OptionRules {
  readonly from: 'http';
  readonly url: string;
  readonly items?: string;
  readonly value?: string;
  readonly title?: string;
  readonly description?: string;
}

/** The schema's own enumeration, when it is longer than Slack shows at once. */
export interface EnumOptions extends OptionRules {
  readonly from: 'enum';
}

/** Where the options of a parameter come from while somebody types: `x-options`. */
export type OptionSource = ItemOptions | ResourceOptions | ActionOptions | HttpOptions | EnumOptions;

const DAY_SECONDS = 86_400;
const json: z.ZodType<Json> = z.json();
const template = z.string().min(1).max(1000);
const rules = {
  ttlSeconds: z.int().min(1).max(DAY_SECONDS).exactOptional(),
  whenDown: z.enum(['accept', 'refuse']).exactOptional(),
  minQueryLength: z.int().min(0).max(10).exactOptional(),
};

/** The shape of `x-options`. What goes beyond shape is checked in {@link optionProblems}. */
export const optionSourceParser: z.ZodType<OptionSource> = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('catalog'), tag: z.string().min(1).exactOptional(), ...rules }),
  z.strictObject({
    from: z.literal('resources'),
    kind: z.string().min(1),
    reach: z.enum(['mine', 'visible']).exactOptional(),
    dependsOn: z.boolean().exactOptional(),
    where: template.exactOptional(),
    value: template.exactOptional(),
    title: template.exactOptional(),
    ...rules,
  }),
  z.strictObject({
    from: z.literal('action'),
    action: z.string().regex(/^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/, 'a lookup is written system:things'),
    with: z.record(z.string(), json).exactOptional(),
    ...rules,
  }),
  z.strictObject({
    from: z.literal('http'),
    url: z.string().min(1).max(2000),
    items: template.exactOptional(),
    value: template.exactOptional(),
    title: template.exactOptional(),
    description: template.exactOptional(),
    ...rules,
  }),
  z.strictObject({ from: z.literal('enum'), ...rules }),
]);
