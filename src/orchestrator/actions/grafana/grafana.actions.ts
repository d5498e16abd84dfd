import type { AnyAction } from '../../action.js';
import type { HttpApis } from '../api/api.js';
import { grafanaAlertRuleAction } from './alert-rule.action.js';
import { grafanaDashboardAction } from './dashboard.action.js';
import { grafanaFolderAction } from './folder.action.js';

/** `grafana:*` on listed servers. */
export function grafanaActions(apis: HttpApis): AnyAction[] {
  return [grafanaFolderAction(apis), grafanaDashboardAction(apis), grafanaAlertRuleAction(apis)];
}
