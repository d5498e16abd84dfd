import { kindOf } from './form-fields.js';
import { merged, type PossibleField, possibleFields } from './parameter-layers.js';
import type { ObjectSchema } from './parameter-schema.js';

/** The fields of one page, by name, whether they show now or not. */
export interface PageLayout {
  readonly title: string | undefined;
  readonly names: ReadonlySet<string>;
}

/** What a person takes in at a glance; a few more are no reason for another page. */
const HUMANE = 10;
const STILL_HUMANE = 12;
/** A view holds 100 blocks, and a field may need two. */
const MOST = 36;

const known = new WeakMap<ObjectSchema, readonly PageLayout[]>();

/**
 * Which field of an object stands on which page. It goes by all fields there may ever be, so that no field changes its
 * page while somebody types; a field that depends on others stays with them.
 */
export function layoutOf(object: ObjectSchema): readonly PageLayout[] {
  const before = known.get(object);
  if (before !== undefined) return before;
  const layout = chaptersOf(object).flatMap(({ title, groups }) => pagesOf(title, groups));
  known.set(object, layout);
  return layout;
}

type Group = readonly string[];
interface Chapter {
  readonly title: string | undefined;
  readonly groups: Group[];
}

/** A chapter begins where the author wrote `x-page`; a group is a field with those that depend on it. */
function chaptersOf(object: ObjectSchema): Chapter[] {
  const chapters: Chapter[] = [{ title: undefined, groups: [] }];
  for (const field of possibleFields(object)) {
    if (!takesPlace(field)) continue;
    const title = merged(field.layers)['x-page'];
    if (title !== undefined) chapters.push({ title, groups: [] });
    const groups = chapters.at(-1)?.groups ?? [];
    const last = groups.at(-1);
    const stays = field.after.length > 0 && title === undefined && last !== undefined && last.length < MOST;
    if (stays) groups[groups.length - 1] = [...last, field.name];
    else groups.push([field.name]);
  }
  return chapters.filter(({ groups }) => groups.length > 0);
}

/** What has a page of its own and is always there needs no question here. */
function takesPlace({ layers, required, always, hideable }: PossibleField): boolean {
  const kind = kindOf(merged(layers));
  return (kind !== 'object' && kind !== 'entries') || !required || !always || hideable;
}

/** As even as may be: thirteen fields are seven and six, not ten and three. */
function pagesOf(title: string | undefined, groups: readonly Group[]): PageLayout[] {
  const wanted = groups.length <= STILL_HUMANE ? 1 : Math.ceil(groups.length / HUMANE);
  const each = Math.ceil(groups.length / wanted);
  const pages: string[][] = [];
  let count = each;
  for (const group of groups) {
    const last = pages.at(-1);
    if (last === undefined || count >= each || last.length + group.length > MOST) {
      pages.push([...group]);
      count = 1;
    } else {
      last.push(...group);
      count += 1;
    }
  }
  return pages.map((names) => ({ title, names: new Set(names) }));
}
