import { z } from 'zod';
import type { GuardedHttp } from '../../platform/http-client/index.js';
import { ActionFailed, type AnyAction, defineAction } from '../action.js';
import { explained } from '../actions/http/http-target.js';

/** What a package of actions gets, so that it needs to install nothing of ours and can't have another version of it. */
export interface ActionKit {
  readonly z: typeof z;
  readonly defineAction: typeof defineAction;
  readonly ActionFailed: typeof ActionFailed;
  /** Servers of HTTP_ALLOWED_HOSTS, with the same care as `http:request`; what goes wrong is an ActionFailed. */
  readonly http: Pick<GuardedHttp, 'call'>;
}

const VERBS = ['plan', 'apply', 'read', 'destroy'] as const;

/** A kit, and whether an action was made with it. */
export function actionKit(http: Pick<GuardedHttp, 'call'>): { kit: ActionKit; isOurs: (action: unknown) => boolean } {
  const made = new WeakSet();
  const call: GuardedHttp['call'] = async (one) => {
    try {
      return await http.call(one);
    } catch (error) {
      throw explained(error);
    }
  };
  const define: typeof defineAction = (definition) => {
    // A package may be plain JavaScript: nobody looked at its types.
    const complaint = complaintAbout(definition);
    if (complaint !== null) throw new Error(complaint);
    const action = defineAction(definition);
    made.add(action);
    return action;
  };
  return {
    kit: { z, defineAction: define, ActionFailed, http: { call } },
    isOurs: (action): action is AnyAction => typeof action === 'object' && action !== null && made.has(action),
  };
}

function complaintAbout(definition: Readonly<Record<string, unknown>> | object): string | null {
  const given = definition as Readonly<Record<string, unknown>>;
  const name = typeof given.id === 'string' ? given.id : 'an action without an id';
  if (typeof given.id !== 'string' || typeof given.title !== 'string' || given.title === '')
    return `${name} needs an id and a title`;
  for (const verb of VERBS) if (typeof given[verb] !== 'function') return `${name} has no ${verb}()`;
  for (const door of ['input', 'output', 'state'])
    if (!(given[door] instanceof z.ZodType)) return `${name} needs a zod schema as its ${door}, made with the kit’s z`;
  if (!Array.isArray(given.examples) || given.examples.length === 0) return `${name} needs at least one example`;
  return null;
}
