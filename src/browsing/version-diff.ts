import { structuredPatch } from 'diff';
import type { PastVersion } from '../catalog/index.js';

/** A version, and what it changed. */
export interface VersionStep {
  readonly version: string;
  readonly since: Date;
  /** Of the one before; null for the first that is known. */
  readonly before: string | null;
  /** Lines that begin with `+`, `-`, a space, or `@@` where some are left out. Empty when nothing but comments or examples changed. */
  readonly changes: readonly string[];
}

const AROUND = 2;
/** Two texts that have nothing in common cost time without end. */
const MAX_EDITS = 2_000;

/** Of versions, the newest first, what each changed; the oldest is there to compare with. */
export function versionSteps(versions: readonly PastVersion[]): VersionStep[] {
  return versions.map(({ version, firstLoadedAt, source }, index) => {
    const older = versions[index + 1];
    return {
      version,
      since: firstLoadedAt,
      before: older?.version ?? null,
      changes: older === undefined ? [] : differenceOf(older.source, source),
    };
  });
}

/** What has to change in one text to make another of it. */
export function differenceOf(before: string, after: string): string[] {
  const patch = structuredPatch('', '', before, after, '', '', {
    context: AROUND,
    maxEditLength: MAX_EDITS,
    stripTrailingCr: true,
  });
  if (patch === undefined) return ['@@ nearly everything is different @@'];
  return patch.hunks.flatMap(({ newStart, lines }) => [`@@ line ${newStart} @@`, ...lines]);
}
