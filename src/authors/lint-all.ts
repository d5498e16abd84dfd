import { type ActionCatalog, type CatalogOptions, lintCatalog } from '../catalog/index.js';
import { lintOnCall } from '../identity/index.js';
import { formatProblem } from '../platform/documents/index.js';
import { lintAccess, testPolicies } from '../policy/index.js';
import { lintQuotas } from '../quotas/index.js';

/** Checks all files of the catalog as the bot would at start, without a database. One line a problem. */
export async function lintAll(
  folders: CatalogOptions,
  actions: ActionCatalog,
): Promise<{ ok: boolean; lines: string[] }> {
  const report = await lintCatalog(folders, actions);
  const policies = await testPolicies(folders.catalogDir, report.loaded);
  const problems = [
    ...report.problems,
    ...(await lintAccess(folders.catalogDir, report.items)),
    ...(await lintQuotas(folders.catalogDir, report.loaded)),
    ...policies.problems,
    ...(await lintOnCall(folders.catalogDir)),
  ];
  const counts = `${report.items.length} catalog items, ${report.runbooks.length} runbooks and ${policies.rules.length} rules are good`;
  const summary = problems.length === 0 ? `${counts}; no problems.` : `${counts}; ${problems.length} problems.`;
  return { ok: problems.length === 0, lines: [...problems.map(formatProblem), summary] };
}
