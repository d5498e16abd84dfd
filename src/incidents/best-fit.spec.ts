import type { Runbook } from '../catalog/index.js';
import { bestFitFirst } from './best-fit.js';

const runbook = (
  name: string,
  title: string,
  summary: string,
  severities: Runbook['severities'] = ['sev1', 'sev2'],
): Runbook => ({ name, title, summary, severities }) as Runbook;

const LOCKS = runbook('locks', 'Sessions wait for locks', 'Queries hang because a session holds a lock.');
const CONNECTIONS = runbook(
  'connections',
  'Too many connections',
  'The application cannot connect: all connections are taken.',
);
const RARE = runbook('rare', 'Too many connections, at night', 'connections connections', ['sev4']);
const incident = (title: string) => ({ title, description: '', severity: 'sev2' as const });
const names = (title: string) => bestFitFirst([LOCKS, CONNECTIONS, RARE], incident(title)).map(({ name }) => name);

describe('the playbook that is suggested', () => {
  it('shares most words with what was declared', () => {
    expect(names('Orders refuses connections')[0]).toBe('connections');
    expect(names('Queries hang in orders')[0]).toBe('locks');
  });

  it('is meant for the severity before all else', () => {
    expect(names('connection connection at night').at(-1)).toBe('rare');
  });

  it('keeps the given order among equals', () => {
    expect(names('something is wrong')).toEqual(['locks', 'connections', 'rare']);
  });
});
