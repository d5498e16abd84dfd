import { type Pause, pauseFor } from '../../../platform/http-client/index.js';
import type { AnyAction } from '../../action.js';
import { kubernetesApplyAction } from './apply.action.js';
import type { Clusters } from './clusters.js';
import { kubernetesDeleteAction } from './delete.action.js';
import { kubernetesNamespaceAction } from './namespace.action.js';
import { ObjectSet } from './object-set.js';
import { kubernetesRestartAction } from './restart.action.js';
import { kubernetesScaleAction } from './scale.action.js';

export function kubernetesActions(clusters: Clusters, pause: Pause = pauseFor): AnyAction[] {
  const set = new ObjectSet(clusters, pause);
  return [
    kubernetesApplyAction(set),
    kubernetesNamespaceAction(set),
    kubernetesRestartAction(set),
    kubernetesScaleAction(set),
    kubernetesDeleteAction(set),
  ];
}
