export { RunTurns } from './run-turns.js';
export { TurnStore } from './turn.store.js';
