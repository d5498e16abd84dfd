import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pauseFor } from '../../src/platform/http-client/index.js';
import { clusterRequests } from '../builders/cluster-request.js';
import { ClusterWorld } from '../builders/cluster-world.js';
import { findProgram } from './programs.mjs';

/** A cluster to test against: our own, started here, or the one that QM_REAL_KUBECONFIG and QM_REAL_CONTEXT name. */
export interface RealCluster {
  readonly kubeconfig: string;
  readonly contexts: Readonly<Record<string, string>>;
  readonly pretended: boolean;
  stop(): Promise<void>;
}

export function clusterMissing(): string | null {
  if (process.env.QM_REAL_KUBECONFIG) return null;
  const found = findProgram('kubernetes');
  return 'missing' in found ? found.missing : null;
}

export async function startRealCluster(): Promise<RealCluster> {
  const { QM_REAL_KUBECONFIG: given, QM_REAL_CONTEXT: context } = process.env;
  if (given)
    return { kubeconfig: given, contexts: { real: context ?? '' }, pretended: false, stop: () => Promise.resolve() };
  const found = findProgram('kubernetes');
  if ('missing' in found) throw new Error(found.missing);
  const folder = mkdtempSync(join(tmpdir(), 'quartermaster-cluster-'));
  const child = spawn(found.path, ['start', folder], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  });
  const line = await firstLine(child);
  if (line === null) throw new Error(`The cluster did not start: ${said}\n${lastOf(folder)}`);
  const { kubeconfig } = JSON.parse(line) as { kubeconfig: string };
  return {
    kubeconfig,
    contexts: { real: 'admin', guest: 'guest', stranger: 'stranger' },
    pretended: true,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string | null> {
  if (child.stdout === null) return null;
  for await (const line of createInterface({ input: child.stdout })) return line;
  return null;
}

function lastOf(folder: string): string {
  try {
    return readFileSync(join(folder, 'apiserver.log'), 'utf8').slice(-2_000);
  } catch {
    return '';
  }
}

/** The actions on it, and other people who use it too. */
export function realWorld({ kubeconfig, contexts }: RealCluster): ClusterWorld {
  const request = clusterRequests(kubeconfig, contexts.real ?? '');
  return new ClusterWorld({ kubeconfig, contexts, request, pause: shorter });
}

/** What runs nothing is ready sooner: a second of patience is a fifth of one. */
export function shorter(milliseconds: number, signal?: AbortSignal): Promise<unknown> {
  return pauseFor(process.env.QM_REAL_KUBECONFIG === undefined ? milliseconds / 5 : milliseconds, signal);
}

export function serverIn({ kubeconfig }: RealCluster): string {
  return /server: (\S+)/.exec(readFileSync(kubeconfig, 'utf8'))?.[1] ?? '';
}
