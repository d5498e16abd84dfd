import type { Json } from '../shared/index.js';
import type { ItemGovernance } from './governance.js';
import type { ItemExample } from './item-example.js';
import type { Need } from './needs.js';
import type { Operation } from './operation.js';
import type { ParametersSchema } from './parameter-schema.js';
import type { Schedules } from './schedule.js';
import type { ItemStanding } from './standing.js';
import type { StepTemplate } from './step-template.js';

export interface Lease {
  readonly defaultHours: number;
  readonly maxHours: number;
  readonly warnHoursBefore: number;
  readonly extendHours: number;
  /** What its end means for what stands on it: it waits for them (unless said otherwise), or takes them with it. */
  readonly dependents?: 'wait' | 'take';
}

/** A versioned, owned template of something that can be requested. */
export interface CatalogItem extends ItemGovernance, ItemStanding {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly version: string;
  /** Of the document as written but for its examples, so that every request knows the exact version it came from. */
  readonly digest: string;
  /** Team id. */
  readonly owner: string;
  readonly tags: readonly string[];
  readonly environments: readonly string[];
  readonly parameters: ParametersSchema;
  readonly lease: Lease;
  readonly steps: readonly StepTemplate[];
  /** What becomes of what was made when a step fails: taken back at once (unless said otherwise), or kept for inspection until somebody decides. */
  readonly onFailure?: 'undo' | 'keep';
  /** So many runs at the same time on the same target: a text with expressions, or the item itself. */
  readonly concurrency?: { readonly limit: number; readonly target?: string };
  /** Name → template, evaluated when all steps are done. Never secrets: only references. */
  readonly outputs: Readonly<Record<string, string>>;
  /** `title` is a template that may use params and request. */
  /** Of one `identity` a team has at most one in an environment. */
  readonly resource: {
    readonly kind: string;
    readonly title: string;
    readonly identity?: string;
    /** Templates that give ids of resources which it stands on, or lists of such. */
    readonly dependsOn?: string | readonly string[];
  };
  /** What can be done to a living resource of it. */
  readonly operations?: readonly Operation[];
  /** When a living resource of it may sleep. */
  readonly schedules?: Schedules;
  /** What has to be there where the bot runs. */
  readonly needs?: readonly Need[];
  /** What of that is not there. Found out when the item is loaded, never in its file. */
  readonly lacks?: readonly Need[];
  readonly file: string;
  readonly examples?: readonly ItemExample[];
}

/** A row of `catalog_versions` in the making. */
export interface VersionedDocument {
  readonly kind: 'item' | 'runbook' | 'access' | 'rule' | 'freezes';
  readonly name: string;
  readonly digest: string;
  readonly version: string;
  readonly file: string;
  readonly source: string;
  readonly document: Json;
}
