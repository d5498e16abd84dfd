import { Injectable } from '@nestjs/common';
import type { OptionSource } from '../catalog/index.js';
import { isInTeam } from '../identity/index.js';
import { Metrics } from '../observability/index.js';
import { digestOf } from '../shared/index.js';
import type { Load } from './option-cache.js';
import type { SourceQuestion } from './option-question.js';
import { ActionOptions } from './sources/action-options.js';
import { CatalogOptions } from './sources/catalog-options.js';
import { HttpOptions } from './sources/http-options.js';
import { ListedOptions } from './sources/listed-options.js';
import type { Asked } from './sources/option-loader.js';
import { ResourceOptions } from './sources/resource-options.js';

/** Turns a question into what has to be loaded for it, by the kind of its source. */
@Injectable()
export class OptionLoads {
  private readonly listed = new ListedOptions();

  constructor(
    private readonly catalog: CatalogOptions,
    private readonly resources: ResourceOptions,
    private readonly actions: ActionOptions,
    private readonly http: HttpOptions,
    private readonly metrics: Metrics,
  ) {}

  /** Null when an expression can't be worked out, because something it reads is still empty. */
  of(question: SourceQuestion): Load | null {
    const { source } = question.field;
    const asked = this.asked(source, question);
    if (asked === null) return null;
    const label = sourceLabel(source);
    return {
      key: `${label} ${digestOf(asked.key)}`,
      ttlMilliseconds: (source.ttlSeconds ?? asked.ttlSeconds) * 1000,
      load: async (signal) => {
        const stop = this.metrics.optionLoadSeconds.startTimer({ source: label });
        try {
          const options = await asked.load(signal);
          this.metrics.optionLoads.inc({ source: label, outcome: 'ok' });
          return options;
        } catch (error) {
          this.metrics.optionLoads.inc({ source: label, outcome: 'failed' });
          throw error;
        } finally {
          stop();
        }
      },
    };
  }

  private asked(source: OptionSource, question: SourceQuestion): Asked | null {
    try {
      switch (source.from) {
        case 'catalog':
          return this.catalog.ask(source);
        case 'resources':
          return this.resources.ask(source, question);
        case 'action':
          return this.actions.ask(source, question);
        case 'http':
          return this.http.ask(source, question);
        case 'enum':
          return this.listed.ask(source, question);
      }
    } catch {
      return null;
    }
  }
}

/** Few and known, as metrics want them. */
export function sourceLabel(source: OptionSource): string {
  if (source.from === 'action') return `action:${source.action}`;
  return source.from === 'http'
    ? `http:${URL.parse(source.url.split('${{')[0] ?? '')?.host ?? 'unknown'}`
    : source.from;
}

/** What other systems show is shown to the members of the team it is asked for; the rest is decided by the sources themselves. */
export function isWithheld({ field, person, teamId }: SourceQuestion): boolean {
  const { from } = field.source;
  if (from !== 'action' && from !== 'http') return false;
  return teamId === '' ? person.teams.length === 0 : !isInTeam(person, teamId);
}
