import type { AnyAction } from '../../action.js';
import { kubernetesApplyAction } from './apply.action.js';
import { kubernetesDeleteAction } from './delete.action.js';
import { kubernetesNamespaceAction } from './namespace.action.js';
import type { ObjectSet } from './object-set.js';
import { kubernetesRestartAction } from './restart.action.js';
import { kubernetesScaleAction } from './scale.action.js';

export function kubernetesActions(set: ObjectSet): AnyAction[] {
  return [
    kubernetesApplyAction(set),
    kubernetesNamespaceAction(set),
    kubernetesRestartAction(set),
    kubernetesScaleAction(set),
    kubernetesDeleteAction(set),
  ];
}
