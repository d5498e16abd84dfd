import { opentofuContract } from '../contracts/opentofu-workspace.js';
import { findProgram } from './programs.mjs';

describe('opentofu:workspace', () => {
  const found = findProgram('opentofu');
  if ('missing' in found) {
    it(`LEFT OUT against a real OpenTofu: ${found.missing}`, () => {
      console.warn(`The tests against a real OpenTofu were left out: ${found.missing}`);
      expect(found.missing).not.toBe('');
    });
    return;
  }
  opentofuContract(() => found.path);
});
