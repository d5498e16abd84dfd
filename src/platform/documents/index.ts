export { closest } from './closest.js';
export {
  type FolderContents,
  readYamlFile,
  readYamlFolder,
  readYamlFolderInParts,
  type SourceFile,
} from './document-folder.js';
export { type DocumentProblem, formatProblem } from './document-problem.js';
export { nameOf, schemaProblems } from './schema-problems.js';
export { type DocumentPath, type ReadResult, YamlDocument } from './yaml-document.js';
