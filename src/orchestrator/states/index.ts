export { SealedStates } from './sealed-states.js';
