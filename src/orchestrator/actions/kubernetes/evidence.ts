import type { Json, JsonObject } from '../../../shared/index.js';
import { masking } from '../secret-reference.js';
import type { ClusterClient } from './cluster-client.js';
import { ClusterRefused } from './cluster-failure.js';
import { at, isObject, numberAt, type ObjectRef, objectsAt, textAt } from './cluster-object.js';
import type { ClusterThings } from './cluster-things.js';
import { type Trouble, troubleOf } from './pod-trouble.js';
import { conditionOf } from './readiness.js';

const LOG_LINES = 20;
const EVENTS = 3;
const LOOKED_AT_PODS = 5;
/** No pod comes of waiting here. */
const FORBIDDEN = /exceeded quota|violates PodSecurity|is forbidden|denied the request/;

/** Finds out why a workload does not get ready: its pods, its events, the end of its log. */
export class Evidence {
  constructor(
    private readonly things: ClusterThings,
    private readonly client: ClusterClient,
    private readonly signal: AbortSignal,
  ) {}

  /** Null: nothing is seen to be wrong. */
  async trouble(ref: ObjectRef, living: JsonObject): Promise<Trouble | null> {
    const refused = conditionOf(living, 'ReplicaFailure');
    if (refused?.status === 'True') {
      const message = textAt(refused, 'message');
      return { why: `its pods can’t be made: ${message}`, lasting: FORBIDDEN.test(message) };
    }
    for (const pod of await this.pods(ref, living)) {
      const found = troubleOf(pod);
      if (found !== null) return found;
    }
    const [event] = await this.warnings(ref);
    return event === undefined ? null : { why: event, lasting: FORBIDDEN.test(event) };
  }

  /** The newest warnings about the thing or its pods, oldest first. */
  async warnings(ref: ObjectRef): Promise<string[]> {
    if (ref.namespace === null) return [];
    const events = await this.things.listed('v1', 'Event', ref.namespace, { fieldSelector: 'type=Warning' });
    const about = events.filter((event) => {
      const name = textAt(event, 'involvedObject', 'name');
      return name === ref.name || name.startsWith(`${ref.name}-`);
    });
    about.sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
    const lines = about.map((event) => `${textAt(event, 'reason')}: ${textAt(event, 'message')}`);
    return [...new Set(lines)].slice(-EVENTS);
  }

  /** Without the values of the Secrets that the pod reads. Empty where there is no log, or where it can't be shown safely. */
  async log({ container }: Trouble, namespace: string | null): Promise<string[]> {
    if (container === undefined || namespace === null) return [];
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name: container.pod };
    const pod = await this.things.find(ref);
    if (pod === null) return [];
    const secrets = await this.secretsOf(pod, namespace);
    if (secrets === null)
      return [
        '(The log is not shown: the Secrets that the pod reads can’t be read, so they could not be hidden in it.)',
      ];
    const mask = masking(secrets);
    const { pod: name, name: containerName, previous } = container;
    const read = (before: boolean) =>
      this.client.log({ namespace, name, container: containerName, previous: before }, LOG_LINES, this.signal);
    const text = (previous ? await read(true) : '') || (await read(false));
    return mask(text)
      .split('\n')
      .filter((line) => line.trim() !== '');
  }

  /** The newest first: they are the ones of the last change. */
  private async pods(ref: ObjectRef, living: JsonObject): Promise<JsonObject[]> {
    if (ref.kind === 'Pod') return [living];
    const labels = at(living, 'spec', 'selector', 'matchLabels');
    if (ref.namespace === null || !isObject(labels)) return [];
    const labelSelector = Object.entries(labels)
      .map(([name, value]) => `${name}=${JSON.stringify(value).replaceAll('"', '')}`)
      .join(',');
    const pods = await this.things.listed('v1', 'Pod', ref.namespace, { labelSelector });
    const newest = pods.sort((a, b) =>
      textAt(b, 'metadata', 'creationTimestamp').localeCompare(textAt(a, 'metadata', 'creationTimestamp')),
    );
    return newest.slice(0, LOOKED_AT_PODS);
  }

  /** Null: we may not read them. */
  private async secretsOf(pod: JsonObject, namespace: string): Promise<string[] | null> {
    const names = new Set<string>();
    for (const container of [...objectsAt(pod, 'spec', 'containers'), ...objectsAt(pod, 'spec', 'initContainers')]) {
      for (const one of objectsAt(container, 'env')) names.add(textAt(one, 'valueFrom', 'secretKeyRef', 'name'));
      for (const one of objectsAt(container, 'envFrom')) names.add(textAt(one, 'secretRef', 'name'));
    }
    for (const volume of objectsAt(pod, 'spec', 'volumes')) names.add(textAt(volume, 'secret', 'secretName'));
    names.delete('');
    try {
      const refs = [...names].map((name) => ({ apiVersion: 'v1', kind: 'Secret', namespace, name }));
      const secrets = await Promise.all(refs.map((ref) => this.things.find(ref)));
      return secrets.flatMap((secret) => valuesIn(at(secret ?? {}, 'data')));
    } catch (error) {
      if (error instanceof ClusterRefused) return null;
      throw error;
    }
  }
}

function valuesIn(data: Json): string[] {
  const values = isObject(data) ? Object.values(data) : [];
  return values.flatMap((value) =>
    typeof value === 'string' ? [Buffer.from(value, 'base64').toString('utf8').trim()] : [],
  );
}

function timeOf(event: JsonObject): string {
  const time =
    textAt(event, 'lastTimestamp') || textAt(event, 'eventTime') || textAt(event, 'metadata', 'creationTimestamp');
  return `${time} ${String(numberAt(event, 'count')).padStart(9, '0')}`;
}
