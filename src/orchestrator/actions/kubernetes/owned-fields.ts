import type { Json, JsonObject } from '../../../shared/index.js';
import { type ClusterObject, isObject, objectsAt, textAt } from './cluster-object.js';

const FIELD_MANAGER = 'quartermaster';

/**
 * What we said of a living thing the last time, taken out of it by the fields that the cluster keeps as ours: applying it again puts
 * back what was so before a later step changed it.
 */
export function ownedPart(living: JsonObject): ClusterObject | null {
  const entry = objectsAt(living, 'metadata', 'managedFields').find(
    (one) => one.manager === FIELD_MANAGER && one.operation === 'Apply' && textAt(one, 'subresource') === '',
  );
  const fields = entry?.fieldsV1;
  if (!isObject(fields)) return null;
  const { apiVersion, kind, metadata } = living as ClusterObject;
  const owned = partOf(living, fields);
  if (!isObject(owned)) return null;
  const kept = isObject(owned.metadata) ? owned.metadata : {};
  const namespace = textAt(living, 'metadata', 'namespace');
  return {
    ...owned,
    apiVersion,
    kind,
    metadata: { ...kept, name: metadata.name, ...(namespace !== '' && { namespace }) },
  };
}

/** `f:name` is a field, `k:{…}` an entry of a list by its key fields, `v:…` one by its value, `.` the thing itself. */
function partOf(value: Json, fields: JsonObject): Json {
  const inner = Object.entries(fields).filter(([name]) => name !== '.');
  if (inner.length === 0) return value;
  if (Array.isArray(value)) return listPart(value, inner);
  if (!isObject(value)) return value;
  const part: JsonObject = {};
  for (const [field, deeper] of inner) {
    const name = field.slice(2);
    const found = value[name];
    if (field.startsWith('f:') && found !== undefined && isObject(deeper)) part[name] = partOf(found, deeper);
  }
  return part;
}

function listPart(list: readonly Json[], fields: readonly [string, Json][]): Json[] {
  return fields.flatMap(([field, deeper]) => {
    const wanted = JSON.parse(field.slice(2)) as Json;
    if (field.startsWith('v:')) return list.filter((one) => JSON.stringify(one) === JSON.stringify(wanted));
    if (!field.startsWith('k:') || !isObject(wanted)) return [];
    const found = list.find((one) => isObject(one) && Object.entries(wanted).every(([name, is]) => one[name] === is));
    if (!isObject(found) || !isObject(deeper)) return [];
    const part = partOf(found, deeper);
    return [isObject(part) ? { ...wanted, ...part } : part];
  });
}
