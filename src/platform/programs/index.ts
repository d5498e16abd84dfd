export type { Launcher } from './launcher.js';
export { ProgramNotStarted, ProgramStopped } from './program-errors.js';
export { type ProgramCall, type ProgramResult, Programs } from './programs.js';
export { cleanEnvironment, findProgram, inWorkingFolder } from './working-folder.js';
