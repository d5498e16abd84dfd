export { BrowsingModule } from './browsing.module.js';
export { CatalogSearch, type Facet, type FoundItem, type SearchPage } from './catalog-search.js';
export { DescribeItem, type EnvironmentAnswer, type ItemDetails } from './item-details.js';
export { EVERYTHING, type ItemQuery, typedQuery } from './item-query.js';
export { Upgrades } from './upgrades.js';
export type { VersionStep } from './version-diff.js';
