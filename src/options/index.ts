export { CheckChoices } from './check-choices.js';
export { ChosenResources } from './chosen-resources.js';
export type { Option, OptionAnswer, OptionState } from './option.js';
export { OptionLookups } from './option-lookups.js';
export type { OptionContext, OptionQuestion } from './option-question.js';
export { OptionSources } from './option-sources.js';
export { OptionsModule, type OptionsModuleOptions } from './options.module.js';
