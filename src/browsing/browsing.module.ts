import { Global, Module } from '@nestjs/common';
import { CatalogSearch } from './catalog-search.js';
import { DescribeItem } from './item-details.js';
import { Upgrades } from './upgrades.js';

@Global()
@Module({ providers: [CatalogSearch, DescribeItem, Upgrades], exports: [CatalogSearch, DescribeItem, Upgrades] })
export class BrowsingModule {}
