/** One thing that is wrong in a file its author can mend: where, what, and what to write instead. */
export interface DocumentProblem {
  /** Path as the author knows it, relative to the project where possible. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
  /** Starts with a verb: `write "…" instead`. */
  readonly remedy: string;
  /** An error keeps the file from being used; a warning is only told. */
  readonly severity: 'error' | 'warning';
}

/** `file:line:column: message; remedy`, the form editors can jump to. */
export function formatProblem(problem: DocumentProblem): string {
  const { file, line, column, message, remedy } = problem;
  return `${file}:${line}:${column}: ${message}; ${remedy}`;
}
