import { RunControl } from '../../src/requests/index.js';

/** Requests of which nothing is ever made: there is no run to stop or to go on with. */
export class NoRuns extends RunControl {
  cancel(): Promise<boolean> {
    return Promise.resolve(false);
  }

  goOn(): Promise<string> {
    return Promise.reject(new Error('Nothing is made here.'));
  }

  rollBack(): Promise<string> {
    return Promise.reject(new Error('Nothing is made here.'));
  }

  perform(): Promise<void> {
    return Promise.resolve();
  }
}
