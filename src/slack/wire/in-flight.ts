/** Listeners that go on after their acknowledgement, so that a shutdown can wait for them. */
export class InFlight {
  private readonly work = new Set<Promise<unknown>>();

  async track<T>(promise: Promise<T>): Promise<T> {
    this.work.add(promise);
    try {
      return await promise;
    } finally {
      this.work.delete(promise);
    }
  }

  get size(): number {
    return this.work.size;
  }

  /** Resolves when everything that runs now, and what it started meanwhile, has ended. */
  async drained(): Promise<void> {
    while (this.work.size > 0) await Promise.allSettled([...this.work]);
  }
}
