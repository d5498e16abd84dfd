/** Injection token of {@link UpkeepOptions}. */
export const UPKEEP_OPTIONS = Symbol('UpkeepOptions');

export interface UpkeepOptions {
  readonly catalogDir: string;
  readonly runbooksDir: string;
  /** Where mistakes are told in files that no team owns: a channel's name. */
  readonly channel: string;
  /** Present when the files come from a Git repository. */
  readonly git?: GitSource & { readonly networks: readonly string[] };
}

export interface GitSource {
  readonly url: string;
  /** A branch, a tag or a whole commit. */
  readonly ref: string;
  /** Holds `checkouts/<commit>` and the link `current` to the one that is in use. */
  readonly folder: string;
}
