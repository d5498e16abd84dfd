export { ActionCatalog, type ActionInputProblem, type ActionSummary, type LookupSummary } from './action-catalog.js';
export { UnknownItem } from './catalog.errors.js';
export { Catalog, isOffered } from './catalog.js';
export { CatalogModule } from './catalog.module.js';
export type { CatalogOptions } from './catalog.options.js';
export type { CatalogItem, Lease, VersionedDocument } from './catalog-item.js';
export { celEnvironment, isMatches, parseCel } from './cel-environment.js';
export { CEL_LOOPS, type CelFault, faultAt, isLoop, loopFaults, patternFaults } from './cel-faults.js';
export { celNodes } from './cel-nodes.js';
export { toCel } from './cel-values.js';
export { holdsExpression, piecesOf } from './expression-template.js';
export { Expressions, type KnownScope, type Scope } from './expressions.js';
export { TypedForm } from './form-entered.js';
export type { FormField, FormFieldKind, FormOption, ParameterError, ParameterResult } from './form-field.js';
export { formFields } from './form-fields.js';
export { type Form, type FormPage, type FormQuestion, formOf, type PlacedField, pageOfField } from './form-model.js';
export { type ReadField, typedAfter } from './form-reading.js';
export type { FormContext } from './form-settle.js';
export type { Amount, ItemGovernance } from './governance.js';
export type { ItemExample, ItemExpectation } from './item-example.js';
export { itemParser } from './item-parser.js';
export type { IncidentScope, RequestScope, ResourceScope } from './known-scope.js';
export { lifecycleSentence } from './lifecycle-sentence.js';
export { type LintReport, lintCatalog } from './lint-catalog.js';
export { CatalogLoader } from './loading/catalog-loader.js';
export type { Need } from './needs.js';
export type { Operation } from './operation.js';
export { type OptionField, type SettledOptions, settledOptions } from './option-fields.js';
export { type OptionNeeds, optionNeeds } from './option-needs.js';
export type {
  ActionOptions,
  EnumOptions,
  HttpOptions,
  ItemOptions,
  OptionRules,
  OptionSource,
  ResourceOptions,
} from './option-source.js';
export type { ConstOption, ParameterSchema, ParametersSchema } from './parameter-schema.js';
export type { ActionStep, ManualStep, Runbook, RunbookStep, Severity, StepApproval } from './runbook.js';
export { runbookParser } from './runbook-parser.js';
export { type ScheduleChoice, type Schedules, WEEKDAYS } from './schedule.js';
export { exampleSecrets, secretParameter, secretParameters, secretProblem } from './secret-parameters.js';
export type { ItemStanding, Lifecycle } from './standing.js';
export type { Expectation, LivingStep, StepPhase, StepTemplate } from './step-template.js';
export { usualParameters } from './usual-parameters.js';
export { validateParameters } from './validate-parameters.js';
export { isNewer, type Refusal } from './versions/version-rules.js';
export { type NumberedVersion, type PastVersion, type StoredVersion, VersionStore } from './versions/version-store.js';
