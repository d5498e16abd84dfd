export { SlackModule } from './slack.module.js';
export { SlackApp } from './slack-app.js';
export { Workspace } from './web/workspace.js';
