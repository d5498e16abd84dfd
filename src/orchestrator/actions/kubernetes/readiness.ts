import type { JsonObject } from '../../../shared/index.js';
import { at, numberAt, objectsAt, textAt } from './cluster-object.js';

/** `failed`: waiting longer does not help. */
export interface Readiness {
  readonly is: 'ready' | 'waiting' | 'failed';
  readonly why: string;
}

const READY: Readiness = { is: 'ready', why: 'ready' };

/** Whether a thing is there to be used. A condition may be named where it is a kind that we don't know. */
export function readinessOf(living: JsonObject, condition?: string): Readiness {
  if (condition !== undefined) return byCondition(living, condition);
  switch (living.kind) {
    case 'Deployment':
      return deployment(living);
    case 'StatefulSet':
      return statefulSet(living);
    case 'DaemonSet':
      return daemonSet(living);
    case 'Job':
      return job(living);
    case 'Pod':
      return pod(living);
    case 'CustomResourceDefinition':
      return byCondition(living, 'Established');
    default:
      return READY;
  }
}

function byCondition(living: JsonObject, type: string): Readiness {
  const found = conditionOf(living, type);
  if (found?.status === 'True' && !isBehind(living)) return READY;
  const message = textAt(found ?? {}, 'message') || textAt(found ?? {}, 'reason');
  return waiting(message === '' ? `not ${type} yet` : `not ${type} yet: ${message}`);
}

function deployment(living: JsonObject): Readiness {
  if (isBehind(living)) return waiting('the change was not seen yet');
  const progressing = conditionOf(living, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') return failed('its rollout did not get on in time');
  const wanted = wantedReplicas(living);
  const updated = numberAt(living, 'status', 'updatedReplicas');
  const available = numberAt(living, 'status', 'availableReplicas');
  if (updated < wanted) return waiting(`${updated} of ${wanted} updated`);
  if (numberAt(living, 'status', 'replicas') > updated) return waiting('old pods are ending');
  return available < wanted ? waiting(`${available} of ${wanted} available`) : READY;
}

function statefulSet(living: JsonObject): Readiness {
  if (isBehind(living)) return waiting('the change was not seen yet');
  const wanted = wantedReplicas(living);
  const ready = numberAt(living, 'status', 'readyReplicas');
  if (ready < wanted) return waiting(`${ready} of ${wanted} ready`);
  if (textAt(living, 'spec', 'updateStrategy', 'type') === 'OnDelete') return READY;
  const isUpdated = textAt(living, 'status', 'currentRevision') === textAt(living, 'status', 'updateRevision');
  const updated = numberAt(living, 'status', 'updatedReplicas');
  const partition = numberAt(living, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  return isUpdated || updated >= wanted - partition ? READY : waiting(`${updated} of ${wanted - partition} updated`);
}

function daemonSet(living: JsonObject): Readiness {
  if (isBehind(living)) return waiting('the change was not seen yet');
  const wanted = numberAt(living, 'status', 'desiredNumberScheduled');
  const updated = numberAt(living, 'status', 'updatedNumberScheduled');
  const available = numberAt(living, 'status', 'numberAvailable');
  if (updated < wanted && textAt(living, 'spec', 'updateStrategy', 'type') !== 'OnDelete')
    return waiting(`${updated} of ${wanted} updated`);
  return available < wanted ? waiting(`${available} of ${wanted} available`) : READY;
}

function job(living: JsonObject): Readiness {
  const gaveUp = conditionOf(living, 'Failed');
  if (gaveUp?.status === 'True') return failed(textAt(gaveUp, 'message') || 'it failed');
  if (conditionOf(living, 'Complete')?.status === 'True') return READY;
  if (at(living, 'spec', 'suspend') === true) return waiting('it is suspended');
  return waiting(`${numberAt(living, 'status', 'active')} running, ${numberAt(living, 'status', 'succeeded')} done`);
}

function pod(living: JsonObject): Readiness {
  const phase = textAt(living, 'status', 'phase');
  if (phase === 'Succeeded') return READY;
  if (phase === 'Failed') return failed(textAt(living, 'status', 'message') || 'it failed');
  return conditionOf(living, 'Ready')?.status === 'True'
    ? READY
    : waiting(phase === '' ? 'not seen yet' : phase.toLowerCase());
}

function wantedReplicas(living: JsonObject): number {
  const replicas = at(living, 'spec', 'replicas');
  return typeof replicas === 'number' ? replicas : 1;
}

function isBehind(living: JsonObject): boolean {
  const seen = at(living, 'status', 'observedGeneration');
  if (seen === null && living.kind !== 'Deployment' && living.kind !== 'StatefulSet' && living.kind !== 'DaemonSet')
    return false;
  return numberAt(living, 'status', 'observedGeneration') < numberAt(living, 'metadata', 'generation');
}

export function conditionOf(living: JsonObject, type: string): JsonObject | undefined {
  return objectsAt(living, 'status', 'conditions').find((condition) => condition.type === type);
}

function waiting(why: string): Readiness {
  return { is: 'waiting', why };
}

function failed(why: string): Readiness {
  return { is: 'failed', why };
}
