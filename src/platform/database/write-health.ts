/** A full disk, too little memory, a broken disk, a standby: the server answers, and takes nothing. */
const REFUSALS: Readonly<Record<string, string>> = {
  '53100': 'the disk is full',
  '53200': 'it is out of memory',
  '58030': 'its disk does not work',
  '25006': 'it is read-only',
};

/** Whether the database takes what is written. Known from the writing itself: asking costs nothing, and no probe would tell for sure. */
export class WriteHealth {
  private why: string | null = null;

  /** True when this is why a statement failed. */
  noteFailure(sqlState: string | undefined): boolean {
    const why = REFUSALS[sqlState ?? ''];
    if (why !== undefined) this.why = why;
    return why !== undefined;
  }

  noteWritten(): void {
    this.why = null;
  }

  /** Why nothing can be written, since the last time that it could; null while it can. */
  get refusal(): string | null {
    return this.why;
  }
}
