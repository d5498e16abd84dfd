import { RunControl } from '../../src/requests/index.js';

/** For worlds in which nothing is run: there is nothing to stop, to go on with or to take back. */
export class NoRuns extends RunControl {
  override cancel(): Promise<boolean> {
    return Promise.resolve(false);
  }

  override goOn(): Promise<string> {
    return Promise.reject(new Error('Nothing is run here.'));
  }

  override rollBack(): Promise<string> {
    return Promise.reject(new Error('Nothing is run here.'));
  }

  override wake(): Promise<void> {
    return Promise.resolve();
  }
}
