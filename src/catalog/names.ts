import { z } from 'zod';
import type { Json } from '../shared/index.js';

/** `postgres-database` */
export const kebabName = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a name has lower-case letters, digits and single hyphens')
  .max(50);
/** `connection_check`, `role`: used as `steps.<name>` in expressions, where a hyphen would be a minus. */
export const stepName = z
  .string()
  .regex(
    /^[a-z][a-zA-Z0-9_]{0,40}$/,
    'a step’s name starts with a lower-case letter and has only letters, digits and _ (a hyphen would be a minus in expressions)',
  );
export const actionId = z.string().regex(/^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/, 'an action is written system:thing');
export const semver = z
  .string()
  .regex(/^(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){2}$/, 'a version has three numbers, 1.0.0');
export const title = z.string().trim().min(1).max(150);
const json: z.ZodType<Json> = z.json();
export const jsonObject = z.record(z.string(), json);
