// Builds the real programs that the tests here want. The first time takes minutes; afterwards they are found.
import { buildProgram, programNames } from './programs.mjs';

for (const name of programNames()) {
  const began = performance.now();
  console.log(`${name}: looking, building where it is missing (minutes, once) …`);
  const found = await buildProgram(name);
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log('path' in found ? `${name}: ${found.path} (${seconds} s)` : `${name}: LEFT OUT, ${found.missing}`);
}
