import type { JsonObject } from '../shared/index.js';
import type { Labels } from './action.js';

/** What everything that is made in this scope carries. */
export function labelsOf(scope: JsonObject): Labels {
  const part = (name: string): JsonObject => {
    const value = scope[name];
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  };
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const [resource, request] = [part('resource'), part('request')];
  return {
    resourceId: text(resource.id),
    team: text(request.team) || text(resource.team),
    environment: text(request.environment) || text(resource.environment),
    requestId: text(request.id),
  };
}

/** In one line, for a comment: `resource=res-1 team=payments`. */
export function labelWords(labels: Labels): string {
  return Object.entries(labelsUnder('', labels))
    .map(([name, value]) => `${name}=${value.replace(/\s/g, '_')}`)
    .join(' ');
}

/** Labels as a system takes them: by name after a prefix, the empty ones left out. */
export function labelsUnder(
  prefix: string,
  { resourceId: resource, team, environment, requestId: request }: Labels,
): Record<string, string> {
  const named = Object.entries({ resource, team, environment, request });
  return Object.fromEntries(named.flatMap(([name, value]) => (value === '' ? [] : [[prefix + name, value]])));
}
