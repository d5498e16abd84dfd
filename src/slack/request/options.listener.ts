import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type OptionAnswer, OptionSources } from '../../options/index.js';
import { Logger } from '../../platform/logging/index.js';
import { Redactor } from '../../secrets/index.js';
import { AppError, publicMessageOf } from '../../shared/index.js';
import type { SlackFeature } from '../slack-feature.js';
import { type Call, Calls } from '../wire/calls.js';
import type { Listeners } from '../wire/listener-table.js';
import { FORM, parameterOfBlock } from './form-places.js';
import { optionAnswer } from './option-answer.js';
import { RequestForms } from './request-forms.js';

const suggestion = z.object({
  block_id: z.string(),
  value: z.string().max(2000),
  view: z.object({ private_metadata: z.string() }),
});

/** Somebody types into a menu of a form: what may be chosen, in time, and always with a word where there is nothing. */
@Injectable()
export class OptionsFeature implements SlackFeature {
  constructor(
    private readonly calls: Calls,
    private readonly forms: RequestForms,
    private readonly sources: OptionSources,
    private readonly redactor: Redactor,
    private readonly logger: Logger,
  ) {}

  register(app: Listeners): void {
    app.options(FORM.value, async ({ body, context }) => {
      const call = this.calls.of(context);
      await call.delivery.ack(optionAnswer(this.shown(await this.answer(call, body))));
    });
  }

  private async answer(call: Call, body: unknown): Promise<OptionAnswer> {
    try {
      const { block_id: block, value: text, view } = suggestion.parse(body);
      const person = await call.person();
      const entered = await this.forms.entered(person, view);
      return await this.sources.find({ ...entered, text, field: parameterOfBlock(block)?.path ?? '' });
    } catch (error) {
      if (!(error instanceof AppError)) this.logger.error('Options could not be looked up', error);
      return { options: [], state: 'down', note: publicMessageOf(error, call.traceId) };
    }
  }

  /** What holds a secret is no option: what is chosen is written into forms and messages. */
  private shown({ options, ...answer }: OptionAnswer): OptionAnswer {
    const harmless = options.filter(({ value, title, description = '' }) => {
      const words = `${value}\n${title}\n${description}`;
      return this.redactor.text(words) === words;
    });
    return { ...answer, options: harmless };
  }
}
