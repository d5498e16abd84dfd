import { ActionCatalog } from './catalog/index.js';

/** Lets every action pass: a command starts no engine, which is what knows them. The bot checks them when it starts. */
export class UncheckedActions extends ActionCatalog {
  has(): boolean {
    return true;
  }
  describe(): [] {
    return [];
  }
  inputProblems(): [] {
    return [];
  }
  hasLookup(): boolean {
    return true;
  }
  lookups(): [] {
    return [];
  }
  lookupProblems(): [] {
    return [];
  }
}
