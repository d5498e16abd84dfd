import { Injectable } from '@nestjs/common';
import { Expressions, optionNeeds, type ResourceOptions as Source } from '../../catalog/index.js';
import { type Resource, Resources } from '../../resources/index.js';
import type { Json, JsonObject } from '../../shared/index.js';
import type { Option } from '../option.js';
import { type SourceQuestion, scopeOf } from '../option-question.js';
import type { Asked, OptionLoader } from './option-loader.js';

const TTL_SECONDS = 5;

/** Living resources of the person and their teams, or all that they may see. What an expression can't be worked out for is left out. */
@Injectable()
export class ResourceOptions implements OptionLoader<Source> {
  constructor(
    private readonly resources: Resources,
    private readonly expressions: Expressions,
  ) {}

  ask(source: Source, question: SourceQuestion): Asked {
    const { person, teamId, environment, otherValues } = question;
    const { kind, reach = 'mine', where = null, value = null, title = null } = source;
    const others = optionNeeds(source).parameters.map((name): Json => [name, otherValues[name] ?? null]);
    const key = [kind, reach, where, value, title, person.id, teamId, environment, ...others];
    return {
      key: { from: 'resources', of: key },
      ttlSeconds: TTL_SECONDS,
      load: async () => (await this.offered(source, question)).map(({ option }) => option),
    };
  }

  /** Ids of the resources behind a value that was chosen. */
  async chosen(source: Source, question: SourceQuestion, value: string): Promise<string[]> {
    const offered = await this.offered(source, question);
    return offered.filter(({ option }) => option.value === value).map(({ resource }) => resource.id);
  }

  private async offered(source: Source, question: SourceQuestion): Promise<{ resource: Resource; option: Option }[]> {
    const { person } = question;
    const { kind, reach = 'mine' } = source;
    const seen = reach === 'mine' ? await this.resources.listFor(person) : await this.resources.listVisible(person);
    return seen
      .filter((resource) => resource.kind === kind && resource.state === 'active')
      .flatMap((resource) => {
        const options = this.option(source, { ...scopeOf(question), resource: resourceScope(resource) });
        return options.map((option) => ({ resource, option }));
      });
  }

  private option({ where, value, title }: Source, scope: JsonObject): Option[] {
    try {
      if (where !== undefined && !this.expressions.condition(where, scope)) return [];
      const chosen = this.expressions.evaluate(value ?? '${{ resource.id }}', scope);
      const name = this.expressions.evaluate(title ?? '${{ resource.title }}', scope);
      return isScalar(chosen) ? [{ value: String(chosen), title: isScalar(name) ? String(name) : String(chosen) }] : [];
    } catch {
      return [];
    }
  }
}

function resourceScope({ id, kind, title, itemName, teamId, environment, parameters, outputs }: Resource): JsonObject {
  return { id, kind, title, itemName, team: teamId, environment, parameters, outputs };
}

function isScalar(value: Json): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
