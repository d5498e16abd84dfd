import type { EnumOptions } from '../../catalog/index.js';
import { digestOf } from '../../shared/index.js';
import type { SourceQuestion } from '../option-question.js';
import type { Asked, OptionLoader } from './option-loader.js';

const TTL_SECONDS = 3600;

/** The schema's own enumeration. */
export class ListedOptions implements OptionLoader<EnumOptions> {
  private readonly digests = new WeakMap<object, string>();

  ask(_source: EnumOptions, { item, field }: SourceQuestion): Asked {
    return {
      key: { from: 'enum', item: item.digest, field: field.path, options: this.digestOf(field.listed) },
      ttlSeconds: TTL_SECONDS,
      load: () => Promise.resolve(field.listed),
    };
  }

  private digestOf(listed: SourceQuestion['field']['listed']): string {
    const known = this.digests.get(listed) ?? digestOf(listed.map(({ value, title }) => [value, title]));
    this.digests.set(listed, known);
    return known;
  }
}
