import { type ApiAnswer, type ApiRequest, ApiServer } from './api-server.js';

/** An ordinary REST API: things with names under /v1/things, and jobs that take a while. Keys of idempotency are honoured. */
export class ThingsApi {
  readonly things = new Map<string, Record<string, unknown>>();
  /** How often each key had an effect. */
  readonly effects: string[] = [];
  jobAsks = 0;
  private readonly answered = new Map<string, ApiAnswer>();

  private constructor(readonly server: ApiServer) {}

  static async start(): Promise<ThingsApi> {
    const server = await ApiServer.start((request) => api.handle(request));
    const api = new ThingsApi(server);
    return api;
  }

  private handle(request: ApiRequest): ApiAnswer {
    const key = request.headers['idempotency-key']?.toString();
    const known = key === undefined ? undefined : this.answered.get(key);
    if (known !== undefined) return known;
    const answer = this.answer(request);
    if (key !== undefined && answer.status < 400) {
      this.answered.set(key, answer);
      this.effects.push(`${request.method} ${request.path}`);
    }
    return answer;
  }

  private answer({ method, path, body }: ApiRequest): ApiAnswer {
    if (path === '/v1/jobs')
      return { status: 202, headers: { location: '/v1/jobs/7' }, body: { id: 7, token: 'tok-very-secret-1' } };
    if (path === '/v1/jobs/7') {
      this.jobAsks += 1;
      return { status: 200, body: { state: this.jobAsks < 3 ? 'working' : 'done', size: 12 } };
    }
    const name = decodeURIComponent(/^\/v1\/things\/([^/?]+)$/.exec(path)?.[1] ?? '');
    if (name === '') return { status: 404, body: { message: 'no such page' } };
    const found = this.things.get(name);
    if (method === 'GET') return found === undefined ? { status: 404 } : { status: 200, body: found };
    if (method === 'DELETE') return { status: this.things.delete(name) ? 204 : 404 };
    if (found !== undefined) return { status: 409, body: { message: `${name} exists` } };
    this.things.set(name, { name, ...body });
    return { status: 201, body: this.things.get(name) };
  }
}
