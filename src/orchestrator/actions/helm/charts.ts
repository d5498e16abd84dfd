import { z } from 'zod';
import { type GuardedHttp, HttpRefused } from '../../../platform/http-client/index.js';
import { ActionFailed } from '../../action.js';
import type { Templates } from '../git/template.js';
import type { Chart } from './helm.js';

/** A folder of the catalog's templates, or a chart of a repository on a listed server, always of one version. */
export const chartSource = z.union([
  z.strictObject({ template: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/) }),
  z.strictObject({
    repository: z.string().regex(/^(?:https|oci):\/\/[\w.:/-]{1,300}$/, 'https://… or oci://…'),
    name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,100}$/),
    version: z.string().regex(/^\d+\.\d+\.\d+[\w.+-]{0,60}$/, 'one version, like 1.2.3'),
  }),
]);

export type ChartSource = z.output<typeof chartSource>;

export class Charts {
  constructor(
    private readonly templates: Templates,
    private readonly http: GuardedHttp,
  ) {}

  /** @throws ActionFailed when it is not there, or on a server that is not listed */
  async chart(source: ChartSource): Promise<Chart> {
    if ('template' in source) {
      const files = await this.templates.asTheyAre(source.template);
      if (!files.some(({ path }) => path === 'Chart.yaml'))
        throw new ActionFailed(`The template ${source.template} is no chart: it has no Chart.yaml.`, false);
      return { args: ['./chart'], files };
    }
    const { repository, name, version } = source;
    try {
      this.http.checked(repository.replace(/^oci:/, 'https:'));
    } catch (error) {
      if (error instanceof HttpRefused) throw new ActionFailed(error.publicMessage, false, { cause: error });
      throw error;
    }
    const where = repository.startsWith('oci:') ? [`${repository}/${name}`] : [name, '--repo', repository];
    return { args: [...where, '--version', version], files: [] };
  }
}
