/** The time, injected, so that a test can state what happens at the very second a lease ends. */
export abstract class Clock {
  abstract now(): Date;
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}
