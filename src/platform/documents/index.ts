export { type DocumentProblem, formatProblem } from './document-problem.js';
