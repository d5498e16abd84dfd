import type { PlacedField } from '../../catalog/index.js';
import { ACTIONS } from '../action-ids.js';

/** Block ids of the form; a parameter's is this prefix and its path. Every element's action id is the same. */
export const FORM = {
  team: 'team',
  environment: 'environment',
  lease: 'lease',
  reason: 'reason',
  parameter: 'param:',
  value: ACTIONS.formInput,
} as const;

/** The page behind those of the item, where it has several: for how long, and why. */
export const LAST_PAGE = 'end';
/** Where somebody is who looks at the plan. */
export const PLAN_PAGE = 'plan';

const VARIANT = '~';

/**
 * A parameter's block. Slack keeps what stands in a block of the same id, so an input with other options, or with another
 * default that nobody touched, has another id.
 */
export function blockOfParameter({ path, variant }: Pick<PlacedField, 'path' | 'variant'>): string {
  return `${FORM.parameter}${path}${variant === undefined ? '' : `${VARIANT}${variant}`}`;
}

export function parameterOfBlock(blockId: string): { path: string; variant: string | undefined } | undefined {
  if (!blockId.startsWith(FORM.parameter)) return undefined;
  const [path = '', variant] = blockId.slice(FORM.parameter.length).split(VARIANT);
  return { path, variant };
}
