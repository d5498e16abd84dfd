export { canonicalJson, digestOf, type Json, type JsonObject } from './canonical-json.js';
export { Clock, SystemClock } from './clock.js';
export { AppError, codeOf, messageOf, publicMessageOf } from './errors.js';
export { ID_PATTERN, type IdPrefix, Ids, RandomIds } from './ids.js';
export { placed } from './placed.js';
export { seated } from './seating.js';
export { OutOfBudget, withinBudget } from './within-budget.js';
