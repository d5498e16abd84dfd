export { ActionCatalog, type ActionInputProblem, type ActionSummary } from './action-catalog.js';
export { ExpressionFailed, UnknownItem, UnknownRunbook } from './catalog.errors.js';
export { Catalog } from './catalog.js';
export type { CatalogItem, Lease, Lifecycle, StepTemplate } from './catalog-item.js';
export { Expressions, type KnownScope, type Scope } from './expressions.js';
export type { FormField, FormFieldKind, FormOption, ParameterError, ParameterResult } from './form-field.js';
export type { ConstOption, ParameterSchema, ParametersSchema } from './parameter-schema.js';
export { formFields, validateParameters } from './parameters.js';
export type { ActionStep, ManualStep, Runbook, RunbookStep, Severity, StepApproval } from './runbook.js';
