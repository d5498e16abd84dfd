import { type ApiAnswer, type ApiRequest, ApiServer } from './api-server.js';

type Thing = Record<string, any>;
const RULES = '/api/v1/provisioning/alert-rules';

/** Grafana's documented HTTP API for folders, dashboards and alert rules, with answers of the shapes that version 11 gives. */
export class GrafanaServer {
  readonly token = 'glsa_test-of-grafana';
  readonly folders = new Map<string, Thing>();
  readonly dashboards = new Map<string, Thing>();
  readonly rules = new Map<string, Thing>();

  private constructor(readonly server: ApiServer) {}

  static async start(): Promise<GrafanaServer> {
    const server = await ApiServer.start((request) => grafana.answer(request));
    const grafana = new GrafanaServer(server);
    return grafana;
  }

  private answer({ method, path, headers, body }: ApiRequest): ApiAnswer {
    if (headers.authorization !== `Bearer ${this.token}`) return { status: 401, body: { message: 'Unauthorized' } };
    const url = new URL(path, 'http://grafana');
    const [kind, id] = kindOf(url.pathname);
    if (kind === 'folders') return this.folder(method, id, url, body);
    if (kind === 'dashboards') return this.dashboard(method, id, body);
    if (kind === 'search') {
      const [wanted, folder] = [url.searchParams.get('query') ?? '', url.searchParams.get('folderUIDs')];
      const found = [...this.dashboards.values()].filter(
        ({ dashboard, folderUid }) => dashboard.title.includes(wanted) && folderUid === folder,
      );
      return {
        status: 200,
        body: found.map(({ dashboard }) => ({
          uid: dashboard.uid,
          title: dashboard.title,
          url: `/d/${dashboard.uid}`,
        })),
      };
    }
    return kind === 'rules' ? this.rule(method, id, body) : { status: 404, body: { message: 'Not found' } };
  }

  private folder(method: string, uid: string, url: URL, body: Thing): ApiAnswer {
    if (method === 'POST') {
      if (this.folders.has(body.uid))
        return { status: 412, body: { message: 'a folder with the same name already exists' } };
      this.folders.set(body.uid, {
        id: 1,
        uid: body.uid,
        title: body.title,
        url: `/dashboards/f/${body.uid}`,
        parentUid: body.parentUid ?? '',
        version: 1,
      });
      return { status: 200, body: this.folders.get(body.uid) };
    }
    const parent = url.searchParams.get('parentUid') ?? '';
    const known = this.folders.get(uid);
    if (method === 'PUT' && known !== undefined) {
      if (body.overwrite !== true)
        return { status: 412, body: { message: 'the folder has been changed by someone else' } };
      Object.assign(known, { title: body.title, version: Number(known.version) + 1 });
    }
    if (uid === '')
      return { status: 200, body: [...this.folders.values()].filter(({ parentUid }) => parentUid === parent) };
    if (method === 'DELETE' && [...this.rules.values()].some(({ folderUID }) => folderUID === uid))
      return { status: 400, body: { message: 'folder is not empty: folder contains alert rules' } };
    return one(this.folders, method, uid);
  }

  private dashboard(method: string, uid: string, body: Thing): ApiAnswer {
    if (method !== 'POST') {
      const found = this.dashboards.get(uid);
      if (found === undefined) return { status: 404, body: { message: 'Dashboard not found' } };
      if (method === 'DELETE') this.dashboards.delete(uid);
      return {
        status: 200,
        body: { meta: { url: `/d/${uid}/x`, folderUid: found.folderUid }, dashboard: found.dashboard },
      };
    }
    if (!this.folders.has(body.folderUid)) return { status: 400, body: { message: 'folder not found' } };
    const version = Number(this.dashboards.get(body.dashboard.uid)?.dashboard.version ?? 0) + 1;
    if (version > 1 && body.overwrite !== true)
      return { status: 412, body: { message: 'A dashboard with the same uid already exists', status: 'name-exists' } };
    this.dashboards.set(body.dashboard.uid, {
      folderUid: body.folderUid,
      dashboard: { ...body.dashboard, version },
    });
    return { status: 200, body: { uid: body.dashboard.uid, status: 'success', version } };
  }

  private rule(method: string, uid: string, body: Thing): ApiAnswer {
    if (method === 'POST') {
      if (this.rules.has(body.uid)) return { status: 409, body: { message: 'conflicting alert rule found' } };
      if (!Array.isArray(body.data) || !body.data.some((query: Thing) => query.refId === body.condition))
        return { status: 400, body: { message: 'invalid alert rule' } };
      this.rules.set(body.uid, { ...body, id: 1, orgID: 1, updated: '2026-11-23T09:00:00Z' });
      return { status: 201, body: this.rules.get(body.uid) };
    }
    if (method === 'PUT' && this.rules.has(uid))
      this.rules.set(uid, { ...this.rules.get(uid), ...body, updated: '2026-11-23T10:00:00Z' });
    if (uid === '') return { status: 200, body: [...this.rules.values()] };
    return one(this.rules, method, uid);
  }
}

function kindOf(path: string): [string, string] {
  if (path.startsWith('/api/folders')) return ['folders', path.slice('/api/folders/'.length)];
  if (path === '/api/search') return ['search', ''];
  if (path.startsWith('/api/dashboards/'))
    return ['dashboards', /^\/api\/dashboards\/uid\/(.+)$/.exec(path)?.[1] ?? ''];
  return path.startsWith(RULES) ? ['rules', path.slice(RULES.length + 1)] : ['', ''];
}

function one(things: Map<string, Thing>, method: string, uid: string): ApiAnswer {
  const found = things.get(uid);
  if (found === undefined) return { status: 404, body: { message: 'not found' } };
  if (method === 'DELETE') things.delete(uid);
  return { status: 200, body: found };
}
