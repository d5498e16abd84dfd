import type { JsonObject } from '../../../shared/index.js';
import { numberAt, objectsAt, textAt } from './cluster-object.js';
import { conditionOf } from './readiness.js';

/** Why a pod is not well. */
export interface Trouble {
  readonly why: string;
  /** Waiting longer hardly helps. */
  readonly lasting: boolean;
  /** Whose log may tell more. */
  readonly container?: { readonly pod: string; readonly name: string; readonly previous: boolean };
}

/** So often is no accident any more. */
const MANY_RESTARTS = 3;
const LASTING = new Set(['ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName', 'RunContainerError']);
const WORDS: Readonly<Record<string, string>> = {
  ImagePullBackOff: 'its image can’t be pulled',
  ErrImagePull: 'its image can’t be pulled',
  ErrImageNeverPull: 'its image is not on the node and may not be pulled',
  InvalidImageName: 'the name of its image is wrong',
  CrashLoopBackOff: 'it ends again and again',
  CreateContainerConfigError: 'something that it refers to is missing',
  RunContainerError: 'it can’t be started',
};
/** Every start looks like that for a while. */
const USUAL = new Set(['ContainerCreating', 'PodInitializing']);

/** Null: nothing is wrong that can be seen on it. */
export function troubleOf(pod: JsonObject): Trouble | null {
  const name = textAt(pod, 'metadata', 'name');
  const statuses = [
    ...objectsAt(pod, 'status', 'initContainerStatuses'),
    ...objectsAt(pod, 'status', 'containerStatuses'),
  ];
  for (const status of statuses) {
    const trouble = containerTrouble(name, status);
    if (trouble !== null) return trouble;
  }
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False')
    return { why: `pod ${name} finds no node: ${textAt(scheduled, 'message')}`, lasting: false };
  const unready = statuses.find((status) => 'running' in Object(status.state) && status.ready === false);
  if (unready === undefined) return null;
  const container = textAt(unready, 'name');
  return {
    why: `pod ${name} runs, but container ${container} is not ready`,
    lasting: false,
    container: { pod: name, name: container, previous: false },
  };
}

function containerTrouble(pod: string, status: JsonObject): Trouble | null {
  const name = textAt(status, 'name');
  const reason = textAt(status, 'state', 'waiting', 'reason');
  const container = { pod, name, previous: false };
  if (reason !== '' && !USUAL.has(reason)) {
    const restarts = numberAt(status, 'restartCount');
    const isCrash = reason === 'CrashLoopBackOff';
    const said = isCrash ? endOf(status, 'lastState') : textAt(status, 'state', 'waiting', 'message');
    return {
      why: `pod ${pod}, container ${name}: ${WORDS[reason] ?? reason}${said === '' ? '' : ` (${said})`}`,
      lasting: LASTING.has(reason) || (isCrash && restarts >= MANY_RESTARTS),
      ...(isCrash && { container: { ...container, previous: true } }),
    };
  }
  const isEnded = textAt(status, 'state', 'terminated', 'reason') !== '';
  if (!isEnded || numberAt(status, 'state', 'terminated', 'exitCode') === 0) return null;
  return { why: `pod ${pod}, container ${name}: it ended (${endOf(status, 'state')})`, lasting: false, container };
}

function endOf(status: JsonObject, place: 'state' | 'lastState'): string {
  const code = numberAt(status, place, 'terminated', 'exitCode');
  const reason = textAt(status, place, 'terminated', 'reason');
  if (reason === 'OOMKilled') return 'it took more memory than its limit';
  return reason === '' ? '' : `exit code ${code}`;
}
