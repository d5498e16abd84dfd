import { Injectable } from '@nestjs/common';
import { type ParameterError, settledOptions } from '../catalog/index.js';
import type { JsonObject } from '../shared/index.js';
import { valuesOf } from './check-choices.js';
import type { OptionContext } from './option-question.js';
import { ResourceOptions } from './sources/resource-options.js';

interface Chosen {
  readonly ids: readonly string[];
  readonly gone: readonly ParameterError[];
}

/** Which resources were chosen in a form, whatever it knows them by. */
@Injectable()
export class ChosenResources {
  constructor(private readonly resources: ResourceOptions) {}

  /** Their ids, all of them where several have the value in common; and a sentence for each field whose choice is gone. */
  async of({
    parameters,
    ...context
  }: Omit<OptionContext, 'otherValues'> & { parameters: JsonObject }): Promise<Chosen> {
    const { fields, values, labelOf } = settledOptions(context.item, parameters);
    const ids = new Set<string>();
    const gone: ParameterError[] = [];
    for (const field of fields) {
      const { source, path, label } = field;
      if (source.from !== 'resources' || source.dependsOn === false) continue;
      const question = { ...context, otherValues: values, labelOf, field, text: '' };
      for (const value of valuesOf(field.value)) {
        const found = await this.resources.chosen(source, question, value);
        for (const id of found) ids.add(id);
        const message = `${label}: what you chose is not in use any more. Choose again from the list.`;
        if (found.length === 0) gone.push({ field: path, message });
      }
    }
    return { ids: [...ids], gone };
  }
}
