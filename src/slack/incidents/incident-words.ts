import type { Severity } from '../../catalog/index.js';
import { type Incident, isSettled, type Playbook, SEVERITY_WORDS } from '../../incidents/index.js';

export const SEVERITIES = ['sev1', 'sev2', 'sev3', 'sev4'] as const satisfies readonly Severity[];

export function isSeverity(text: string): text is Severity {
  return SEVERITIES.some((severity) => severity === text);
}

const COLOURS: Readonly<Record<Severity, string>> = { sev1: '🔴', sev2: '🟠', sev3: '🟡', sev4: '🔵' };

/** What a severity means, for choosing one. */
export const SEVERITY_MEANINGS: Readonly<Record<Severity, string>> = {
  sev1: 'Customers can’t use the product, or data is at risk',
  sev2: 'An important part is down or very slow',
  sev3: 'Something is degraded; there is a way around',
  sev4: 'Small, or only noticed inside',
};

/** Colour and word together: `🟠 SEV2 major`. */
export function severityWords(severity: Severity): string {
  return `${COLOURS[severity]} ${severity.toUpperCase()} ${SEVERITY_WORDS[severity]}`;
}

export function colourOf({ state, severity }: Pick<Incident, 'state' | 'severity'>): string {
  return state === 'resolved' ? '🟢' : COLOURS[severity];
}

/** `3 of 6 steps` */
export function progressWords({ steps }: Pick<Playbook, 'steps'>): string {
  return `${steps.filter(isSettled).length} of ${steps.length} steps`;
}
