import { Global, Module } from '@nestjs/common';
import { CatalogSearch } from './catalog-search.js';
import { DescribeItem } from './item-details.js';

@Global()
@Module({ providers: [CatalogSearch, DescribeItem], exports: [CatalogSearch, DescribeItem] })
export class BrowsingModule {}
