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
  };
}
