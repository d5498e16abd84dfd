/** Lets others work while a step only waits. Bound to the turns of runs. */
export abstract class Rests {
  abstract rest<T>(runId: string, work: () => Promise<T>): Promise<T>;
}
