export interface WaiverPlace {
  readonly personId: string;
  readonly teamId: string;
  readonly environment: string;
  readonly itemName: string;
}

export interface Waiver {
  readonly id: string;
  readonly until: Date;
}

/** Port: whether somebody was granted an exception from a rule. A waived rule is listed as waived and does not count. */
export abstract class Waivers {
  abstract active(ruleId: string, place: WaiverPlace): Promise<Waiver | null>;
  /** Somebody on call in an incident needs no approval for a while. */
  abstract brokenGlass(place: WaiverPlace): Promise<Waiver | null>;
}

/** As long as nobody grants exceptions. */
export class NoWaivers extends Waivers {
  active(): Promise<null> {
    return Promise.resolve(null);
  }

  brokenGlass(): Promise<null> {
    return Promise.resolve(null);
  }
}
