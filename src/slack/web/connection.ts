import type { SlackConnection } from '../../config/index.js';

export type WorkspaceConnection = Extract<SlackConnection, { kind: 'workspace' }>;

/** Injection token of the {@link WorkspaceConnection} in use: a real workspace's, or the playground's. */
export const SLACK_CONNECTION = Symbol('SlackConnection');
